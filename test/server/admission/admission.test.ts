import assert from 'node:assert/strict';
import { request } from 'node:http';
import { describe, it } from 'node:test';
import { Networks } from '../../../src/server/admission/networks.ts';
import { MOST_HEADERS } from '../../../src/server/limits.ts';
import { buildId, holding, makeSet, startServer, type TestServer } from '../harness.ts';

const QUERY = '/update?name=box&board=pi';
const oneImage = (boxes: string) => makeSet(boxes, 'box', 'box-pi');

/** Asks from another address of this machine's: all of 127.0.0.0/8 is. */
async function askFrom(localAddress: string, server: TestServer, target = QUERY): Promise<[number, number]> {
  const { port } = server.server.address;
  return await new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path: target, localAddress, agent: false }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve([answer.statusCode ?? 0, Number(answer.headers['content-length'])]));
    });
    asked.on('error', reject).end();
  });
}

describe('a board that is held', () => {
  it('is told to be up to date until it is released, and others are not', async () => {
    const held = new Set(['127.0.0.2']);
    await using server = await startServer(oneImage, { assigner: holding((client) => held.has(client)) });
    const ended = server.ended();
    const [status, bytes] = await askFrom('127.0.0.2', server, `${QUERY}&build_id=${buildId(9)}`);
    assert.deepEqual([status, bytes], [200, 10_240]);
    const { state, completesUpdate, resolution } = await ended;
    assert.deepEqual([state, completesUpdate], [{ kind: 'finished', result: 'held' }, false]);
    assert.equal(resolution?.found?.id, 'box/box-pi');
    const [, others] = await askFrom('127.0.0.3', server);
    held.clear();
    const [, released] = await askFrom('127.0.0.2', server);
    assert.equal(released, others);
    assert.ok(server.events.includes(`finished ${QUERY}&build_id=${buildId(9)}`));
  });
});

describe('one update for one board', () => {
  it('is given to nobody else, and counts only when that board has it', async () => {
    await using server = await startServer(oneImage, { mode: { kind: 'once', client: '127.0.0.2' } });
    assert.equal((await askFrom('127.0.0.3', server))[0], 404);
    assert.equal((await askFrom('127.0.0.3', server, `${QUERY}&build_id=${buildId()}`))[0], 404);
    assert.equal(server.server.isStopping, false);
    assert.equal((await askFrom('127.0.0.2', server))[0], 200);
    assert.equal((await server.server.stopped)?.client, '127.0.0.2');
  });

  it('is not ended by another board that asks what it asked', async () => {
    await using server = await startServer(oneImage, { mode: { kind: 'all' } });
    const target = `${QUERY}&build_id=${buildId()}`;
    await askFrom('127.0.0.2', server, target);
    server.server.serve({ kind: 'once', client: '127.0.0.2' });
    assert.equal((await askFrom('127.0.0.3', server, target))[0], 404);
    assert.equal(server.server.isStopping, false);
  });
});

describe("a client's address", () => {
  const clientBehind = async (forwardedFor: string, trusted: readonly string[]) => {
    await using server = await startServer(oneImage, { trustedProxies: new Networks(trusted) });
    const ended = server.ended();
    await server.get('/list', { 'x-forwarded-for': forwardedFor });
    return (await ended).client;
  };

  it('is what a trusted proxy says it is', async () => {
    assert.equal(await clientBehind('192.0.2.7', ['127.0.0.1']), '192.0.2.7');
    assert.equal(await clientBehind('2001:db8::7', ['127.0.0.0/8']), '2001:db8::7');
  });

  it('is the last one that is not a trusted proxy itself', async () => {
    assert.equal(await clientBehind('198.51.100.1, 192.0.2.7, 10.0.0.2', ['127.0.0.1', '10.0.0.0/8']), '192.0.2.7');
    assert.equal(await clientBehind('10.0.0.3, 10.0.0.2', ['127.0.0.1', '10.0.0.0/8']), '10.0.0.3');
  });

  it('is what a trusted proxy says, however many headers stand before that', async () => {
    await using server = await startServer(oneImage, {
      trustedProxies: new Networks(['127.0.0.1']),
      allow: new Networks(['127.0.0.0/8']),
    });
    const head = (lines: number) => `GET /list HTTP/1.1\r\nHost: localhost\r\n${'a:\r\n'.repeat(lines)}`;
    const asked = async (lines: number) => {
      const ended = server.ended();
      const answer = await server.raw(`${head(lines)}X-Forwarded-For: 192.0.2.7\r\n\r\n`);
      return [(await ended).client, answer.slice(0, 12)];
    };
    assert.deepEqual(await asked(MOST_HEADERS - 2), ['192.0.2.7', 'HTTP/1.1 403']);
    assert.deepEqual(await asked(MOST_HEADERS - 1), ['192.0.2.7', 'HTTP/1.1 431']);
    assert.deepEqual(await asked(15_000), ['192.0.2.7', 'HTTP/1.1 431']);
    assert.match(await server.raw(`${head(15_000)}\r\n`), /\r\n\r\nthe request has more than 1000 headers\n$/);
  });

  it('is the connection, where nobody is trusted', async () => {
    assert.equal(await clientBehind('192.0.2.7', []), '127.0.0.1');
    assert.equal(await clientBehind('192.0.2.7', ['10.0.0.0/8']), '127.0.0.1');
  });

  it('is read without its port, brackets and quotes', async () => {
    for (const [written, address] of [
      ['203.0.113.5:4711', '203.0.113.5'],
      ['[2001:db8::1]', '2001:db8::1'],
      ['[2001:db8::1]:4711', '2001:db8::1'],
      ['"[2001:db8::1]:4711"', '2001:db8::1'],
      ['[::ffff:203.0.113.5]:4711', '203.0.113.5'],
    ] as const) {
      assert.equal(await clientBehind(written, ['127.0.0.1']), address, written);
    }
  });

  for (const written of [
    'unknown',
    '_hidden',
    '192.0.2.7, <b>',
    '',
    ',',
    '999.1.1.1',
    '[127.0.0.1',
    '[x]:1',
    '::1:x',
  ]) {
    it(`is a stranger's, not the proxy's, where the proxy says ${JSON.stringify(written)}`, async () => {
      assert.equal(await clientBehind(written, ['127.0.0.1']), 'unknown');
      await using server = await startServer(oneImage, {
        trustedProxies: new Networks(['127.0.0.1']),
        allow: new Networks(['127.0.0.0/8']),
        identity: { server: 'mkbox', version: '1' },
      });
      const statusOf = async (target: string) => (await server.get(target, { 'x-forwarded-for': written })).status;
      assert.deepEqual([await statusOf('/list'), await statusOf('/identity')], [403, 404]);
    });
  }
});
