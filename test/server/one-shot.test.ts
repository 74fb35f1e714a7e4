import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { buildId, makeSet, startServer, type TestServer } from './harness.ts';

const TARGET = '/update/box/box-pi';
const BIG = '/update/box/box-c4';
const images = async (boxes: string) => {
  await makeSet(boxes, 'box', 'box-pi', 200_000);
  await makeSet(boxes, 'box', 'box-c4', 20_000_000);
};
const armed = () => startServer(images, { mode: { kind: 'once' } });
const ends = ({ server }: TestServer) => Promise.race([server.stopped.then(() => true), delay(300, false)]);

describe('a one-shot server goes on', () => {
  const requests: Record<string, [target: string, headers?: Record<string, string>, method?: string]> = {
    'after a list': ['/list'],
    'after a 404': ['/update/box/nothing'],
    'after a HEAD': [TARGET, {}, 'HEAD'],
    'after a HEAD of one that is up to date': [`${TARGET}/${buildId()}`, {}, 'HEAD'],
    'after a part that is not the last': [TARGET, { range: 'bytes=0-9' }],
    'after all but the last byte': [TARGET, { range: 'bytes=-99999999', 'if-match': '"x"' }],
    'after a range beyond the end': [TARGET, { range: 'bytes=999999999-' }],
    'after a page of another site asked': [TARGET, { origin: 'http://evil.com' }],
  };
  for (const [when, request] of Object.entries(requests)) {
    it(when, async () => {
      await using server = await armed();
      await server.get(...request);
      assert.equal(await ends(server), false);
      await server.get(TARGET);
      assert.equal((await server.server.stopped)?.target, TARGET);
    });
  }

  it('after a small image whose client went away after 1 kB', async () => {
    await using server = await armed();
    const socket = await server.connect();
    const ended = server.ended();
    socket.write(`GET ${TARGET} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await once(socket, 'readable');
    socket.read(1000);
    socket.resetAndDestroy();
    assert.deepEqual((await ended).state, { kind: 'broken', reason: 'client closed' });
    assert.equal(await ends(server), false);
  });
});

describe('a server for one image and one client', () => {
  it('serves nobody else, and goes on, until it is to serve all again', async () => {
    await using server = await startServer(images, { mode: { kind: 'only', only: 'box/box-pi', client: '127.0.0.1' } });
    assert.equal((await server.get(TARGET)).status, 200);
    assert.equal((await server.get(TARGET)).status, 200);
    assert.equal((await server.get(`${TARGET}/${buildId()}`)).status, 200);
    assert.equal((await server.get(BIG)).status, 404);
    assert.equal(await ends(server), false);
    server.server.serve({ kind: 'only', only: 'box/box-pi', client: '127.0.0.2' });
    assert.equal((await server.get(`${TARGET}/${buildId()}`)).status, 404);
    server.server.serve({ kind: 'all' });
    assert.equal((await server.get(BIG)).status, 200);
  });
});

describe('a one-shot server ends', () => {
  it('with the last byte alone', async () => {
    await using server = await armed();
    const { status } = await server.get(TARGET, { range: 'bytes=-1' });
    assert.equal(status, 206);
    assert.equal((await server.server.stopped)?.target, TARGET);
  });

  it('with the first of several boards, and lets the others finish', async () => {
    await using server = await armed();
    const answering = once(server.server.events, 'answering');
    const other = await server.connect();
    other.pause().write(`GET ${BIG} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    await answering;
    await server.get(TARGET);
    const [head] = await once(other.resume(), 'data');
    assert.match(String(head), /^HTTP\/1\.1 200 /);
    await once(other, 'end');
    assert.equal((await server.server.stopped)?.target, TARGET);
    assert.deepEqual(
      server.events.filter((event) => event.startsWith('broken')),
      [],
    );
  });

  it('with a transfer that finishes after it was stopped', async () => {
    await using server = await armed();
    const answering = once(server.server.events, 'answering');
    const board = await server.connect();
    board.pause().write(`GET ${BIG} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    await answering;
    const stopped = server.server.stop();
    await once(board.resume(), 'end');
    assert.equal((await stopped)?.target, BIG);
  });

  it('with an answer that was remembered, where it was armed after the first', async () => {
    await using server = await startServer(images);
    const upToDate = `${TARGET}/${buildId()}`;
    await server.get(upToDate);
    server.server.serve({ kind: 'once' });
    assert.equal(await ends(server), false);
    await server.get(upToDate);
    assert.equal((await server.server.stopped)?.target, upToDate);
  });

  it('only with its image, though another was up to date a moment ago', async () => {
    await using server = await startServer(images);
    await server.get(`${BIG}/${buildId()}`);
    server.server.serve({ kind: 'once', only: 'box/box-pi' });
    assert.equal((await server.get(`${BIG}/${buildId()}`)).status, 404);
    assert.equal(await ends(server), false);
    await server.get('/update?name=box&board=pi');
    assert.equal((await server.server.stopped)?.target, '/update?name=box&board=pi');
  });
});

describe('a one-shot server that goes back', () => {
  it('serves all images again once a board has its update', async () => {
    await using server = await startServer(images, { mode: { kind: 'once', only: 'box/box-pi', goesBack: true } });
    const shots: string[] = [];
    server.server.events.on('shot', ({ target }) => shots.push(target));
    assert.equal((await server.get(BIG)).status, 404);
    const shot = once(server.server.events, 'shot');
    assert.equal((await server.get(TARGET)).status, 200);
    await shot;
    assert.equal((await server.get(BIG)).status, 200);
    assert.equal((await server.get(TARGET)).status, 200);
    assert.equal(await ends(server), false);
    assert.deepEqual(shots, [TARGET]);
  });
});
