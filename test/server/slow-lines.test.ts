import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { UpdateServerOptions } from '../../src/server/server-options.ts';
import type { Transfer } from '../../src/server/transfer.ts';
import { requireTools } from '../tools/tools.ts';
import { makeSet, startServer, type TestServer } from './harness.ts';

const TARGET = '/update/box/box-pi';
const REQUEST = `GET ${TARGET} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
/** Most of the time they wait, each for a server of its own. */
const TOGETHER = { concurrency: true, timeout: 240_000 };
/** Where the system tells what clients acknowledged. */
const ON_LINUX = { ...TOGETHER, skip: process.platform !== 'linux' };
/** Far less than what the tests' clients need for what the kernel holds for them. */
const SEND_TIMEOUT_MS = 2_000;
/** What the kernel takes for a client that reads nothing: more, and less. */
const BIG = 20_000_000;
const SMALL = 1_500_000;

const start = (bytes: number, options: Partial<UpdateServerOptions> = {}) =>
  startServer((boxes) => makeSet(boxes, 'box', 'box-pi', bytes), { sendTimeoutMs: SEND_TIMEOUT_MS, ...options });

/** A client that reads what it is told to, and nothing else. */
async function client(server: TestServer): Promise<Socket> {
  const { port } = server.server.address;
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Reads so many bytes a second, from byte `slowFrom` on, to the end of the answer, whose length it answers. */
async function readSlowly(socket: Socket, bytesPerSecond: number, slowFrom = 0): Promise<number> {
  let bytes = 0;
  for await (const chunk of socket) {
    bytes += chunk.length;
    if (bytes >= slowFrom) await pause((chunk.length / bytesPerSecond) * 1000);
  }
  return bytes;
}

/** Waits until something holds of the transfer that runs. */
async function untilRunning(server: TestServer, holds: (transfer: Transfer) => boolean): Promise<Transfer> {
  for (;;) {
    const [transfer] = server.server.running;
    if (transfer !== undefined && holds(transfer)) return transfer;
    await pause(20);
  }
}

describe('a client on a slow line', ON_LINUX, () => {
  for (const bytes of [SMALL, BIG]) {
    it(`is told as served when it took all of ${bytes} bytes, long after the kernel did`, async () => {
      await using server = await start(bytes);
      const socket = await client(server);
      const ended = server.ended();
      socket.write(REQUEST);
      const begin = performance.now();
      await readSlowly(socket, 300_000, bytes - SMALL);
      assert.ok(performance.now() - begin > 2 * SEND_TIMEOUT_MS);
      socket.end();
      const { state, sentBytes, totalBytes } = await ended;
      assert.deepEqual([state, sentBytes], [{ kind: 'finished', result: 'image' }, totalBytes]);
    });
  }

  it('is told as served as curl with a limited rate', async () => {
    const { curl } = requireTools('curl');
    await using server = await start(SMALL);
    const ended = server.ended();
    const child = spawn(curl, ['-s', '-o', '/dev/null', '--limit-rate', '250k', server.url + TARGET]);
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    assert.deepEqual((await ended).state, { kind: 'finished', result: 'image' });
  });

  it('is shown with what it acknowledged, not with what the kernel holds for it', async () => {
    await using server = await start(SMALL, { sendTimeoutMs: 60_000 });
    const socket = await client(server);
    socket.write(REQUEST);
    await once(socket, 'readable');
    const transfer = await untilRunning(server, ({ sentBytes, totalBytes }) => sentBytes > 0 && sentBytes < totalBytes);
    await pause(1_000);
    const shown = transfer.sentBytes;
    assert.ok(shown < transfer.totalBytes / 2, `${shown}`);
    socket.resetAndDestroy();
  });

  it('is not cut off by the stop of the server, nor by the end of another', async () => {
    await using server = await start(SMALL);
    const socket = await client(server);
    socket.write(REQUEST);
    await untilRunning(server, ({ sentBytes }) => sentBytes > 0);
    await pause(500); // all is in the kernel
    const ended = server.ended();
    const stopped = server.server.stop();
    await readSlowly(socket, 300_000);
    socket.end();
    assert.deepEqual((await ended).state, { kind: 'finished', result: 'image' });
    await stopped;
  });

  it('is told as cut off when the stop could not wait any longer', async () => {
    await using server = await start(SMALL);
    const socket = await client(server);
    socket.write(REQUEST);
    await untilRunning(server, ({ sentBytes }) => sentBytes > 0);
    await pause(500);
    const ended = server.ended();
    await server.server.stop(100);
    assert.equal((await ended).state.kind, 'broken');
    socket.destroy();
  });
});

describe('a frozen client', ON_LINUX, () => {
  for (const bytes of [SMALL, BIG]) {
    it(`is told as stalled, with the little that it acknowledged of ${bytes} bytes`, async () => {
      await using server = await start(bytes, { sendTimeoutMs: 60_000 });
      const socket = await client(server);
      socket.write(REQUEST);
      await once(socket, 'readable');
      const transfer = await untilRunning(server, ({ stalledMs = 0 }) => stalledMs > 5_000);
      assert.ok(transfer.sentBytes < SMALL / 2, `${transfer.sentBytes}`);
      socket.resetAndDestroy();
    });

    it(`is cut off when it acknowledged nothing for too long, of ${bytes} bytes`, async () => {
      await using server = await start(bytes);
      const socket = await client(server);
      const ended = server.ended();
      socket.write(REQUEST);
      const { state, durationMs, stalledMs } = await ended;
      assert.deepEqual([state, stalledMs], [{ kind: 'broken', reason: 'client stalled' }, undefined]);
      assert.ok(durationMs >= SEND_TIMEOUT_MS, `${durationMs}`);
      socket.destroy();
    });
  }
});

describe('a client that closes its half when it has asked', TOGETHER, () => {
  it('gets a list', async () => {
    await using server = await start(10);
    const socket = await client(server);
    socket.end('GET /list HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const chunks = await socket.toArray();
    assert.match(Buffer.concat(chunks).toString(), /^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nbox\/box-pi\n$/s);
  });

  for (const bytes of [10, SMALL, BIG]) {
    it(`gets an image of ${bytes} bytes, and is told as served`, async () => {
      await using server = await start(bytes);
      const socket = await client(server);
      const ended = server.ended();
      socket.end(REQUEST);
      assert.ok((await readSlowly(socket, 8_000_000)) > bytes);
      assert.deepEqual((await ended).state, { kind: 'finished', result: 'image' });
      if (!socket.destroyed) socket.destroy();
    });
  }

  it('in the middle of an image gets it whole, too', async () => {
    await using server = await start(SMALL);
    const socket = await client(server);
    const ended = server.ended();
    socket.write(REQUEST);
    await pause(100);
    socket.end();
    assert.ok((await readSlowly(socket, 2_000_000)) > SMALL);
    assert.deepEqual((await ended).state, { kind: 'finished', result: 'image' });
  });

  it('gets its image when it is its turn, if it is still there then', async () => {
    await using server = await start(SMALL, { maxTransfers: 1 });
    const first = await client(server);
    first.write(REQUEST);
    await once(first, 'readable');
    const [second, third] = [await client(server), await client(server)];
    second.end(REQUEST);
    await once(server.server.events, 'waiting');
    third.write(REQUEST);
    await once(server.server.events, 'waiting');
    const broken = once(server.server.events, 'broken');
    third.destroy();
    const [left] = await broken;
    assert.deepEqual(left.state, { kind: 'broken', reason: 'client closed' });
    first.destroy();
    const answer = Buffer.concat(await second.toArray()).toString('latin1');
    assert.match(answer, /^(HTTP\/1\.1 102 Processing\r\n\r\n)+HTTP\/1\.1 200 OK\r\n/);
    assert.ok(answer.length > SMALL);
  });

  it('and resets breaks its transfer', async () => {
    await using server = await start(BIG);
    const socket = await client(server);
    const ended = server.ended();
    socket.end(REQUEST);
    await once(socket, 'readable');
    socket.resetAndDestroy();
    assert.deepEqual((await ended).state, { kind: 'broken', reason: 'client closed' });
  });
});
