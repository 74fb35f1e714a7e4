import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { LAST_WORD_WAIT_MS } from '../../src/server/limits.ts';
import { makeSet, startServer, type TestServer } from './harness.ts';

const TARGET = '/update/box/box-pi';
const start = (bytes: number) => startServer((boxes) => makeSet(boxes, 'box', 'box-pi', bytes));
const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Sends `head`, then `drip` each half second, and answers after how many milliseconds the server closed. */
async function closedAfter(server: TestServer, head: string, drip: string): Promise<number> {
  const socket = await server.connect();
  socket.on('error', () => {}).resume();
  const start = performance.now();
  socket.write(head);
  const timer = setInterval(() => socket.write(drip), 500);
  await once(socket, 'close');
  clearInterval(timer);
  return performance.now() - start;
}

describe('a client that takes its time', { concurrency: true }, () => {
  const heads: Record<string, [head: string, drip: string]> = {
    'sends nothing': ['', ''],
    'sends its first line by and by': ['GET /', 'a'],
    'sends header after header': ['GET /list HTTP/1.1\r\nHost: localhost\r\n', 'X: y\r\n'],
  };
  for (const [what, [head, drip]] of Object.entries(heads)) {
    it(`is closed within 15 s when it ${what}`, { timeout: 25_000 }, async () => {
      await using server = await start(10);
      const ms = await closedAfter(server, head, drip);
      assert.ok(ms < 15_000, `${ms} ms`);
    });
  }

  it('holds no connection by never closing its half after it was told that it is too slow', {
    timeout: 25_000,
  }, async () => {
    await using server = await start(10);
    const { port } = server.server.address;
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.resume().write('GET /list HTTP/1.1\r\nHost: ');
    await once(socket, 'end');
    await pause(2 * LAST_WORD_WAIT_MS);
    // what nobody holds any more is answered with a reset, which the next write meets
    const writing = setInterval(() => socket.write('l'), 100);
    const { code } = await once(socket, 'error').then(([error]) => error);
    clearInterval(writing);
    assert.match(code, /ECONNRESET|EPIPE/);
  });

  it('is closed at once when it sends a body by and by, which nobody asked for', { timeout: 25_000 }, async () => {
    await using server = await start(10);
    const head = 'POST /list HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n';
    assert.ok((await closedAfter(server, head, 'a')) < 15_000);
  });
});

describe('many clients at once', () => {
  it('each get the whole image', async () => {
    await using server = await start(2_000_000);
    const expected = digest((await server.get(TARGET)).body);
    const digests = await Promise.all(Array.from({ length: 150 }, async () => digest((await server.get(TARGET)).body)));
    assert.deepEqual(new Set(digests), new Set([expected]));
    // the server waits for each client to close: that shows that it has everything
    await server.idle();
  });

  it('are served while others take nothing, or go away in the middle', async () => {
    await using server = await start(20_000_000);
    const idle = await Promise.all(Array.from({ length: 50 }, () => server.connect()));
    const first = idle.map((socket) =>
      once(
        socket.on('error', () => {}),
        'readable',
      ),
    );
    for (const socket of idle) socket.write(`GET ${TARGET} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await Promise.all(first);
    assert.equal([...server.server.running].length, 50);
    assert.equal((await server.get('/list')).status, 200);
    for (const socket of idle.slice(25)) socket.resetAndDestroy();
    const { body } = await server.get(TARGET, { range: 'bytes=0-99999' });
    assert.equal(body.length, 100_000);
    for (const socket of idle) socket.destroy();
  });
});
