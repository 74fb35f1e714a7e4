import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import type { ServerEvents } from '../../src/server/server-events.ts';
import type { Transfer } from '../../src/server/transfer.ts';
import { buildId, makeSet, startServer, type TestServer } from './harness.ts';

const TARGET = '/update/box/box-pi';
const KINDS: readonly (keyof ServerEvents)[] = ['accepted', 'answering', 'finished', 'broken', 'refused'];
const start = (bytes = 10) => startServer((boxes) => makeSet(boxes, 'box', 'box-pi', bytes));

/** What was known at each event of one request: `<event> <status> <sent>/<total> <state>`. */
async function story(server: TestServer, ask: () => Promise<unknown>): Promise<string[]> {
  const seen: string[] = [];
  const listeners = KINDS.map((kind) => {
    const listener = (transfer: Transfer) => {
      const { status, sentBytes, totalBytes, state } = transfer;
      const came = state.kind === 'finished' ? state.result : state.kind;
      seen.push(`${kind} ${status} ${sentBytes}/${totalBytes} ${came}`);
    };
    server.server.events.on(kind, listener);
    return () => server.server.events.off(kind, listener);
  });
  const ended = server.ended();
  await ask();
  await ended;
  for (const off of listeners) off();
  return seen;
}

const finished = (status: number, bytes: number, result: string) => [
  'accepted 0 0/0 running',
  `answering ${status} 0/${bytes} running`,
  `finished ${status} ${bytes}/${bytes} ${result}`,
];

describe('the events of a request', () => {
  const stories: Record<string, [string[], string, Record<string, string>?, string?]> = {
    'for an image': [finished(200, 10_240, 'image'), TARGET],
    'for a part': [finished(206, 10, 'part'), TARGET, { range: 'bytes=0-9' }],
    'for the last part': [finished(206, 10, 'image'), TARGET, { range: 'bytes=-10' }],
    'for what the client has': [finished(304, 0, 'not modified'), TARGET, { 'if-none-match': '*' }],
    'for a build that the board runs': [finished(200, 10_240, 'up to date'), `${TARGET}/${buildId()}`],
    'for a head': [finished(200, 0, 'head'), TARGET, {}, 'HEAD'],
    'for a list': [finished(200, 11, 'list'), '/list'],
  };
  for (const [what, [expected, ...request]] of Object.entries(stories)) {
    it(`tell its story ${what}`, async () => {
      await using server = await start();
      assert.deepEqual(await story(server, () => server.get(...request)), expected);
    });
  }

  it('tell of a refusal with the reason, and of one turned away without its being accepted', async () => {
    await using server = await start();
    const kinds = async (...request: Parameters<TestServer['get']>) =>
      (await story(server, () => server.get(...request))).map((line) => line.split(' ').slice(0, 2).join(' '));
    assert.deepEqual(await kinds('/update/box/none'), ['accepted 0', 'answering 404', 'refused 404']);
    assert.deepEqual(await kinds('/none'), ['accepted 0', 'answering 404', 'refused 404']);
    assert.deepEqual(await kinds('/list', {}, 'POST'), ['answering 405', 'refused 405']);
    assert.deepEqual(await kinds('/list', { host: 'evil.com' }), ['answering 403', 'refused 403']);
  });

  it('carry one transfer each, with rising numbers, that runs until its end', async () => {
    await using server = await start();
    const transfers: Transfer[] = [];
    for (const kind of ['accepted', 'answering', 'finished'] as const) {
      server.server.events.on(kind, (transfer) => {
        transfers.push(transfer);
        assert.equal([...server.server.running].includes(transfer), kind !== 'finished');
      });
    }
    for (const target of ['/list', TARGET]) {
      await server.get(target);
      await server.idle();
    }
    const [a, b, c, d, e, f] = transfers;
    assert.ok(a === b && b === c && d === e && e === f && a !== d);
    assert.deepEqual([a?.id, d?.id], [1, 2]);
    assert.ok(d !== undefined && d.durationMs >= 0 && Math.abs(d.startedAtMs - Date.now()) < 10_000);
    assert.equal(d.completesUpdate, true);
    assert.equal(a?.completesUpdate, false);
  });

  it('count the bytes of a small image whose client goes away after 1 kB as broken off, not as sent', async () => {
    await using server = await start(200_000);
    const lines = await story(server, async () => {
      const socket = await server.connect();
      socket.write(`GET ${TARGET} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      await once(socket, 'readable');
      socket.read(1000);
      socket.resetAndDestroy();
    });
    assert.deepEqual(
      lines.map((line) => line.split(' ')[0]),
      ['accepted', 'answering', 'broken'],
    );
    assert.match(lines[2] ?? '', / broken$/);
  });
});
