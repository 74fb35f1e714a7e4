import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { MOST_ASKED_AHEAD } from '../../src/server/limits.ts';
import type { PageApp } from '../../src/server/pages.ts';
import { until } from '../until.ts';
import { makeSet, startServer, type TestServer } from './harness.ts';

const BYTES = 20_000_000;
const asking = (target: string) => `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
const BIG = asking('/update/box/box-pi');
const LIST = asking('/list');

const pages = (app: PageApp) =>
  app.get('/page', async ({ text }) => {
    await pause(50);
    return text('a page');
  });

describe('a request that comes before the one before it is answered', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', BYTES), { pages });
  });
  after(() => server[Symbol.asyncDispose]());
  beforeEach(() => server.idle());

  /** All that comes back until the server closes; `closesHalf`: the client sends its FIN at once. */
  async function answers(bytes: string, closesHalf = false): Promise<Buffer> {
    const socket = await server.connect();
    socket.on('error', () => {});
    if (closesHalf) socket.end(bytes);
    else socket.write(bytes);
    return Buffer.concat(await socket.toArray());
  }
  const statusesIn = (answer: Buffer) => answer.toString('latin1').match(/HTTP\/1\.1 \d+/g) ?? [];
  const bodyBytes = (answer: Buffer) => answer.length - answer.indexOf('\r\n\r\n') - 4;

  for (const closesHalf of [false, true]) {
    describe(closesHalf ? 'from a client that closes its half' : 'from a client that waits', () => {
      it('leaves the answer to that one whole, which ends the connection', async () => {
        const ended = server.ended();
        const answer = await answers(LIST.repeat(3), closesHalf);
        assert.deepEqual(statusesIn(answer), ['HTTP/1.1 200']);
        assert.match(answer.toString(), /\r\nConnection: close\r\n.*\r\nbox\/box-pi\n$/s);
        assert.deepEqual((await ended).state, { kind: 'finished', result: 'list' });
      });

      it('leaves an image whole', async () => {
        const ended = server.ended();
        const answer = await answers(BIG.repeat(2), closesHalf);
        assert.deepEqual(statusesIn(answer), ['HTTP/1.1 200']);
        assert.ok(bodyBytes(answer) > BYTES);
        assert.deepEqual((await ended).state, { kind: 'finished', result: 'image' });
      });

      it('leaves a page whole, and a refusal', async () => {
        assert.match((await answers(asking('/page').repeat(2), closesHalf)).toString(), /\r\n\r\na page$/);
        assert.deepEqual(statusesIn(await answers(asking('/nothing') + LIST, closesHalf)), ['HTTP/1.1 404']);
      });
    });
  }

  it('leaves an image whole that is half sent', async () => {
    const socket = await server.connect();
    const ended = server.ended();
    socket.write(BIG);
    await once(socket, 'readable');
    socket.write(LIST);
    await pause(100);
    socket.write(`POST /list HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(100_000)}`);
    assert.ok(bodyBytes(Buffer.concat(await socket.toArray())) > BYTES);
    assert.deepEqual((await ended).state, { kind: 'finished', result: 'image' });
  });

  it('leaves the answer whole that is sent after an image on the same connection', async () => {
    const socket = await server.connect();
    const pieces: Buffer[] = [];
    let length = 0;
    socket.write(BIG);
    for await (const piece of socket) {
      pieces.push(piece);
      length += piece.length;
      const isWhole = length > BYTES && Number(/Content-Length: (\d+)/i.exec(String(pieces[0]))?.[1]) <= length;
      if (isWhole && pieces.length > 0 && !socket.writableEnded) socket.end(LIST.repeat(2));
    }
    assert.match(Buffer.concat(pieces).toString('latin1'), /\r\nbox\/box-pi\n$/);
  });

  for (const [what, next, end] of [
    ['page', asking('/page'), /\r\n\r\na page$/],
    ['refusal', asking('/nothing'), /HTTP\/1\.1 404 /],
  ] as const) {
    it(`leaves the ${what} whole that is asked for behind a whole image, with another request right after it`, async () => {
      await using server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', 1_000), { pages });
      const socket = await server.connect();
      const pieces: Buffer[] = [];
      let isAsked = false;
      socket.write(asking('/update/box/box-pi'));
      for await (const piece of socket) {
        pieces.push(piece);
        const received = Buffer.concat(pieces);
        const isWhole = bodyBytes(received) === Number(/Content-Length: (\d+)/i.exec(received.toString())?.[1]);
        if (!isWhole || isAsked) continue;
        isAsked = true;
        socket.write(next + LIST);
      }
      assert.match(Buffer.concat(pieces).toString('latin1'), end);
    });
  }

  const head = (target: string, headers: string) => `GET ${target} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`;
  const NO_HTTP: Record<string, (target: string) => string> = {
    'no HTTP follows': (target) => `${asking(target)}\0\0\r\n\r\n`,
    'another one follows, though it was to be the last': (target) => head(target, 'Connection: close\r\n') + LIST,
    'its own body can not be read': (target) => `${head(target, 'Transfer-Encoding: chunked\r\n')}zz\r\n`,
    'its body is coded in an unknown way': (target) => `${head(target, 'Transfer-Encoding: identity\r\n')}zz\r\n`,
    'its own body is longer than it said': (target) => `${head(target, 'Content-Length: 2\r\n')}{}}\r\n`,
  };
  for (const [what, asked] of Object.entries(NO_HTTP)) {
    it(`is answered whole where ${what}, and that ends the connection`, async () => {
      assert.match((await answers(asked('/list'))).toString(), /^HTTP\/1\.1 200 .*\r\n\r\nbox\/box-pi\n$/s);
      assert.match((await answers(asked('/page'))).toString(), /^HTTP\/1\.1 200 .*\r\n\r\na page$/s);
      assert.match(
        (await answers(asked('/nothing'))).toString(),
        /^HTTP\/1\.1 404 .*\nnothing is served under this path/s,
      );
      await server.idle();
      const ended = server.ended();
      const answer = await answers(asked('/update/box/box-pi'));
      assert.deepEqual(statusesIn(answer), ['HTTP/1.1 200']);
      assert.equal(bodyBytes(answer), Number(/Content-Length: (\d+)/i.exec(answer.toString('latin1'))?.[1]));
      assert.deepEqual((await ended).state, { kind: 'finished', result: 'image' });
    });
  }

  it('is answered whole where the client closes its half in the middle of its body', async () => {
    const begun = head('/list', 'Content-Length: 10\r\n');
    assert.match((await answers(begun, true)).toString(), /\r\nbox\/box-pi\n$/);
    const image = await answers(head('/update/box/box-pi', 'Content-Length: 10\r\n'), true);
    assert.ok(bodyBytes(image) > BYTES);
  });

  it('is left, in the queue too, where its body was never read', async () => {
    await using server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', BYTES), { maxTransfers: 1 });
    const first = await server.connect();
    first.write(BIG);
    await once(first, 'readable');
    const socket = await server.connect();
    const waits = once(server.server.events, 'waiting');
    socket.write(head('/update/box/box-pi', 'Content-Length: 1000000\r\n') + 'x'.repeat(1_000_000));
    await waits;
    const ended = server.ended();
    socket.resetAndDestroy();
    assert.deepEqual((await ended).state, { kind: 'broken', reason: 'client closed' });
    first.destroy();
  });

  it('ends the connection with a true reason, where there are too many', async () => {
    const socket = await server.connect();
    socket.on('error', () => {});
    const ended = server.ended();
    socket.write(BIG);
    await once(socket, 'readable');
    socket.write(LIST.repeat(MOST_ASKED_AHEAD + 1));
    assert.deepEqual((await ended).state, { kind: 'broken', reason: 'asked ahead' });
    socket.destroy();
  });

  it('leaves nothing behind', async () => {
    const count = () => process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length;
    const before = count();
    for (let round = 0; round < 5; round++) await answers(BIG.repeat(2));
    await until(() => count() <= before, count);
  });
});
