import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { buildId, makeSet, startServer, type TestServer } from './harness.ts';

const TARGET = '/update/box/box-pi';
const twoImages = async (boxes: string) => {
  await makeSet(boxes, 'box', 'box-pi', 200_000);
  await makeSet(boxes, 'box', 'box-c4', 20_000_000);
};
const settled = (server: TestServer) =>
  Promise.race([
    server.server.stopped.then((shot) => shot?.target ?? 'no shot'),
    new Promise((r) => setTimeout(r, 300, 'runs on')),
  ]);

describe('one-shot', () => {
  const once_ = () => startServer(twoImages, { mode: { kind: 'once' } });

  it('ends after an update that was sent completely', async () => {
    await using server = await once_();
    await server.get(TARGET);
    assert.equal(await server.server.stopped.then((shot) => shot?.target), TARGET);
    await assert.rejects(server.get('/list'));
  });

  it('ends after word that the board is up to date', async () => {
    await using server = await once_();
    await server.get(`${TARGET}/${buildId()}`);
    assert.equal((await server.server.stopped)?.target, `${TARGET}/${buildId()}`);
  });

  it('ends with the last byte of a resumed one', async () => {
    await using server = await once_();
    await server.get(TARGET, { range: 'bytes=1000-' });
    assert.equal((await server.server.stopped)?.target, TARGET);
  });

  it('goes on after anything less', async () => {
    await using server = await once_();
    const { headers } = await server.get(TARGET, {}, 'HEAD');
    await server.get(TARGET, { 'if-none-match': headers.etag ?? '' });
    await server.get(TARGET, { range: 'bytes=0-1000' });
    await server.get(TARGET, { range: 'bytes=999999999-' });
    await server.get('/update/box/nothing');
    await server.get('/list');
    await server.idle();
    await Promise.all([server.ended(), server.get('/update?name=box&board=pi', {}, 'POST')]);
    const socket = await server.connect();
    const ended = server.ended();
    socket.write(`GET ${TARGET} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await once(socket, 'readable');
    socket.resetAndDestroy();
    assert.equal((await ended).state.kind, 'broken');
    assert.equal(await settled(server), 'runs on');
  });

  it('hands out only the image it is for, and goes on after others were asked for', async () => {
    await using server = await startServer(twoImages, { mode: { kind: 'once', only: 'box/box-pi' } });
    const { status, body } = await server.get('/update/box/box-c4');
    assert.equal(status, 404);
    assert.equal(body.toString(), 'only box/box-pi is served now, not box/box-c4\n');
    assert.equal(await settled(server), 'runs on');
    await server.get(TARGET);
    assert.equal((await server.server.stopped)?.target, TARGET);
  });

  it('counts only what came after it was armed, and can be called off', async () => {
    await using server = await startServer(twoImages);
    const first = server.get('/update/box/box-c4');
    await once(server.server.events, 'answering');
    server.server.serve({ kind: 'once' });
    assert.equal((await first).status, 200);
    assert.equal(await settled(server), 'runs on');
    server.server.serve({ kind: 'all' });
    await server.get(TARGET);
    assert.equal(await settled(server), 'runs on');
  });

  it('lets another board that is being served finish', async () => {
    await using server = await once_();
    const other = server.get('/update/box/box-c4');
    await once(server.server.events, 'answering');
    await server.get(`${TARGET}/${buildId()}`);
    const { status, body } = await other;
    assert.equal(status, 200);
    assert.ok(body.length > 20_000_000);
    await server.server.stopped;
  });
});

describe('stop', () => {
  it('finishes what runs, takes nothing new, and closes what is kept alive', async () => {
    await using server = await startServer(twoImages);
    const idle = await server.connect();
    const running = server.get('/update/box/box-c4');
    await once(server.server.events, 'answering');
    const stopped = server.server.stop();
    await assert.rejects(server.get('/list'));
    assert.equal((await running).status, 200);
    await stopped;
    if (!idle.destroyed) await once(idle.resume(), 'close');
  });

  it('cuts after the deadline what does not finish, and a second call may bring it nearer', async () => {
    await using server = await startServer(twoImages);
    const stalled = await server.connect();
    stalled.on('error', () => {}).pause();
    stalled.write('GET /update/box/box-c4 HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(server.server.events, 'answering');
    const ended = server.ended();
    void server.server.stop(60_000);
    await server.server.stop(50);
    assert.equal((await ended).state.kind, 'broken');
    stalled.destroy();
  });

  it('is not held up by a request that was sent by half', async () => {
    await using server = await startServer(twoImages);
    const half = await server.connect();
    half.on('error', () => {});
    half.write('GET /list HTTP/1.1\r\n');
    await server.server.stop(50);
    half.destroy();
  });
});

describe('the events', () => {
  it('tell each request from its arrival to its end, in order', async () => {
    await using server = await startServer(twoImages);
    const evil = { host: 'evil.com' };
    for (const [target, headers = {}] of [['/list'], [TARGET], ['/update/box/nothing'], ['/list', evil]] as const) {
      await Promise.all([server.ended(), server.get(target, headers)]);
    }
    const socket = await server.connect();
    const ended = server.ended();
    socket.write('GET /update/box/box-c4 HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'readable');
    socket.resetAndDestroy();
    const { client, asked, resolution, servedBuildId, status, totalBytes, sentBytes } = await ended;
    assert.deepEqual(server.events, [
      'accepted /list',
      'answering /list',
      'finished /list',
      `accepted ${TARGET}`,
      `answering ${TARGET}`,
      `finished ${TARGET}`,
      'accepted /update/box/nothing',
      'answering /update/box/nothing',
      'refused /update/box/nothing',
      'answering /list',
      'refused /list',
      'accepted /update/box/box-c4',
      'answering /update/box/box-c4',
      'broken /update/box/box-c4',
    ]);
    assert.equal(client, '127.0.0.1');
    assert.deepEqual(asked, { kind: 'update', box: 'box', image: 'box-c4' });
    assert.equal(resolution?.found?.id, 'box/box-c4');
    assert.equal(servedBuildId, buildId());
    assert.equal(status, 200);
    assert.ok(sentBytes < totalBytes);
  });

  it('carry what a board asked for by parts, and what was tried', async () => {
    await using server = await startServer(twoImages);
    const ended = server.ended();
    await server.get('/update?name=box&board=x&branch=b&version=1&build_id=abc');
    const { asked, resolution, state } = await ended;
    const parts = { box: 'box', board: 'x', branch: 'b', version: '1', buildId: 'abc' };
    assert.deepEqual(asked, { kind: 'update', ...parts });
    assert.deepEqual(resolution?.tried, ['box-x-b-1']);
    assert.deepEqual(state, {
      kind: 'refused',
      refusal: { kind: 'no image', tried: ['box-x-b-1'], nearest: 'box-c4' },
    });
  });
});

describe('a client that goes away before its answer', () => {
  it('does no harm, however many there are', async () => {
    await using server = await startServer(twoImages);
    for (let round = 0; round < 10; round++) {
      const sockets = await Promise.all(Array.from({ length: 30 }, () => server.connect()));
      for (const socket of sockets) {
        socket.on('error', () => {});
        socket.write(`GET ${round % 2 ? '/list' : `${TARGET}/${buildId()}`} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
        setImmediate(() => socket.resetAndDestroy());
      }
      await Promise.all(sockets.map((socket) => socket.destroyed || once(socket, 'close')));
    }
    assert.equal((await server.get('/list')).status, 200);
  });

  it('cannot pile up transfers by asking for many in one breath', async () => {
    await using server = await startServer(twoImages);
    const socket = await server.connect();
    socket.on('error', () => {});
    socket.write('GET /update/box/box-c4 HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(500));
    await once(socket.resume(), 'close');
    assert.ok(server.server.running.size <= 1);
    assert.equal((await server.get('/list')).status, 200);
  });
});
