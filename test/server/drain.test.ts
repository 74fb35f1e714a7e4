import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { makeSet, startServer, type TestServer } from './harness.ts';

const BIG = '/update/box/box-c4';
const start = () => startServer((boxes) => makeSet(boxes, 'box', 'box-c4', 20_000_000));

/** A client that asked for the image and reads nothing yet. */
async function stalled(server: TestServer) {
  const socket = await server.connect();
  socket.on('error', () => {});
  const answering = once(server.server.events, 'answering');
  socket.write(`GET ${BIG} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await answering;
  return socket;
}

describe('a server that is stopped', () => {
  it('is stopping at once, and for good', async () => {
    await using server = await start();
    assert.equal(server.server.isStopping, false);
    const stopped = server.server.stop();
    assert.equal(server.server.isStopping, true);
    assert.equal(await stopped, undefined);
    assert.equal(await server.server.stop(), undefined);
    assert.equal(await server.server.stopped, undefined);
  });

  it('closes a connection that was kept alive after an answer', async () => {
    await using server = await start();
    const socket = await server.connect();
    socket.write('GET /list HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'data');
    const closed = once(socket.resume(), 'close');
    const start_ = performance.now();
    await Promise.all([server.server.stop(), closed]);
    assert.ok(performance.now() - start_ < 20_000);
  });

  it('lets a slow board finish, and closes its connection then', async () => {
    await using server = await start();
    const socket = await stalled(server);
    const stopped = server.server.stop();
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    await Promise.all([once(socket, 'close'), stopped]);
    assert.ok(bytes > 20_000_000);
    assert.equal(server.events.at(-1), `finished ${BIG}`);
  });

  it('cuts at the deadline who takes nothing, and has no transfer left then', async () => {
    await using server = await start();
    const socket = await stalled(server);
    const begun = performance.now();
    const [transfer] = await Promise.all([once(server.server.events, 'broken'), server.server.stop(200)]);
    assert.ok(performance.now() - begun < 20_000);
    assert.equal([...server.server.running].length, 0);
    assert.equal(server.events.at(-1), `broken ${BIG}`);
    assert.deepEqual(transfer[0].state, { kind: 'broken', reason: 'stopped' });
    socket.destroy();
  });
});
