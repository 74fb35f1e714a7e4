import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { HANDOVER_GRACE_MS } from '../../src/server/limits.ts';
import { buildId, makeSet, startServer, type TestServer } from './harness.ts';

const BIG = '/update/box/box-c4';
const BIG_BYTES = 20_000_000;
const UP_TO_DATE = `${BIG}/${buildId()}`;
const EMPTY_TAR_BYTES = 10_240;
const start = () => startServer((boxes) => makeSet(boxes, 'box', 'box-c4', BIG_BYTES));

const ask = (target: string) => `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

/** All that comes on a connection until it ends in an orderly way. */
async function answer(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function bodyOf(bytes: Buffer): Buffer {
  return bytes.subarray(bytes.indexOf('\r\n\r\n') + 4);
}

/** A connection that the server has accepted. */
async function accepted(server: TestServer): Promise<Socket> {
  const socket = await server.connect();
  await server.get('/list'); // came later, and was answered
  return socket;
}

describe('a server that another process takes over from', () => {
  it('answers whom it accepted, who asks only now, and ends the connection', async () => {
    await using server = await start();
    const socket = await accepted(server);
    const stopped = server.server.handOver();
    assert.equal(server.server.isStopping, true);
    await pause(100);
    socket.write(ask(UP_TO_DATE));
    const bytes = await answer(socket);
    assert.match(bytes.toString('latin1'), /^HTTP\/1\.1 200 OK\r\n.*\r\nConnection: close\r\n/s);
    assert.equal(bodyOf(bytes).length, EMPTY_TAR_BYTES);
    assert.equal(await stopped, undefined);
  });

  it('sends an image to who asks only now', async () => {
    await using server = await start();
    const socket = await accepted(server);
    const stopped = server.server.handOver();
    await pause(100);
    socket.write(ask(BIG));
    assert.ok(bodyOf(await answer(socket)).length > BIG_BYTES);
    await stopped;
    assert.equal(server.events.at(-1), `finished ${BIG}`);
  });

  it('sends an image to who waits for a turn', async () => {
    await using server = await startServer((boxes) => makeSet(boxes, 'box', 'box-c4', BIG_BYTES), { maxTransfers: 1 });
    const first = await accepted(server);
    first.write(ask(BIG));
    await once(first, 'readable'); // and nothing is read
    const second = await accepted(server);
    const waits = once(server.server.events, 'waiting');
    second.write(ask(BIG));
    await waits;
    const stopped = server.server.handOver();
    await pause(100);
    for (const socket of [first, second]) assert.ok(bodyOf(await answer(socket)).length > BIG_BYTES);
    await stopped;
    assert.equal(server.events.filter((event) => event === `finished ${BIG}`).length, 2);
  });

  it('answers who had asked by half, while another is served and is done', async () => {
    await using server = await start();
    const half = await accepted(server);
    const other = await accepted(server);
    half.write(ask('/list').slice(0, 20));
    const stopped = server.server.handOver();
    await pause(100);
    other.write(ask('/list'));
    assert.match(String(await answer(other)), /^HTTP\/1\.1 200 /);
    half.write(ask('/list').slice(20));
    assert.match(String(await answer(half)), /^HTTP\/1\.1 200 .*box\/box-c4\n$/s);
    await stopped;
  });

  it('reads what came with the signal to stop on a connection that was kept alive', async () => {
    await using server = await start();
    const socket = await server.connect();
    socket.write(ask('/list'));
    await once(socket, 'data');
    socket.write(ask(UP_TO_DATE));
    const stopped = server.server.handOver();
    assert.equal(bodyOf(await answer(socket)).length, EMPTY_TAR_BYTES);
    await stopped;
  });

  it('closes at once what was kept alive, and lets running transfers finish', async () => {
    await using server = await start();
    const idle = await server.connect();
    idle.write(ask('/list'));
    await once(idle, 'data');
    const running = server.get(BIG);
    await once(server.server.events, 'answering');
    const begun = performance.now();
    const stopped = server.server.handOver();
    if (!idle.destroyed) await once(idle.resume(), 'close');
    assert.ok(performance.now() - begun < HANDOVER_GRACE_MS);
    assert.ok((await running).body.length > BIG_BYTES);
    await stopped;
  });

  it('waits for a while, and not for ever, for who asks nothing', async () => {
    await using server = await start();
    const socket = await accepted(server);
    const half = await accepted(server);
    half.write('GET /list HTTP/1.1\r\n');
    const begun = performance.now();
    await server.server.handOver();
    const tookMs = performance.now() - begun;
    assert.ok(tookMs >= HANDOVER_GRACE_MS - 100 && tookMs < HANDOVER_GRACE_MS + 20_000, `${tookMs} ms`);
    assert.equal((await answer(socket)).length, 0);
    half.destroy();
  });

  it('accepts nobody after', async () => {
    await using server = await start();
    await server.server.handOver();
    await assert.rejects(server.get('/list'), /ECONNREFUSED/);
  });

  it('cuts at the deadline who takes nothing', async () => {
    await using server = await start();
    const socket = await server.connect();
    socket.on('error', () => {}).write(ask(BIG));
    await once(server.server.events, 'answering');
    await server.server.handOver(200);
    assert.equal(server.events.at(-1), `broken ${BIG}`);
    socket.destroy();
  });
});
