import { deepEqual, equal, match } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type RunningServer, startUpdateServer } from '../board/update-server.ts';
import { type BoxesFolder, BUILD_A, makeBoxes, writeSet } from '../images/image-sets.ts';
import { askSlowly } from './slow-client.ts';

const QUERY = '/update?name=box&board=pi';

async function armed(
  payload = Buffer.from('compressed'),
): Promise<{ server: RunningServer; boxes: BoxesFolder } & AsyncDisposable> {
  const boxes = await makeBoxes();
  await writeSet(boxes.root, 'box', 'box-pi', { payload });
  const server = await startUpdateServer({ imagePath: boxes.root, env: { STOP_AFTER_REQUEST: 'true' } });
  const dispose = async () => {
    await server[Symbol.asyncDispose]();
    await boxes[Symbol.asyncDispose]();
  };
  return { server, boxes, [Symbol.asyncDispose]: dispose };
}

async function ask(server: RunningServer, target: string, init: RequestInit = {}): Promise<number> {
  const response = await fetch(`${server.url}${target}`, init);
  await response.bytes();
  return response.status;
}

/** Expects the server to be there still, and to end with an update. */
async function stillArmed(server: RunningServer): Promise<void> {
  equal(await ask(server, '/list'), 200);
  equal(await ask(server, QUERY), 200);
  deepEqual(await server.exited, { status: 0, signal: null });
}

suite('update-server with STOP_AFTER_REQUEST ends with success', () => {
  test('after an update, which is sent whole', async () => {
    await using shot = await armed(Buffer.alloc(5_000_000, 'image'));
    const body = await (await fetch(`${shot.server.url}${QUERY}`)).bytes();
    equal(body.length % 10_240, 0);
    equal(body.length > 5_000_000, true);
    deepEqual(await shot.server.exited, { status: 0, signal: null });
    match(shot.server.lines().at(-1) ?? '', / stopped after the update of 127\.0\.0\.1$/);
  });

  test('after it told a board that it is up to date', async () => {
    await using shot = await armed();
    equal(await ask(shot.server, `${QUERY}&build_id=${BUILD_A}`), 200);
    deepEqual(await shot.server.exited, { status: 0, signal: null });
  });
});

suite('update-server with STOP_AFTER_REQUEST goes on', () => {
  test('after a request for an image that is not there', async () => {
    await using shot = await armed();
    equal(await ask(shot.server, `${QUERY}&branch=other`), 404);
    await stillArmed(shot.server);
  });

  test('after a list', async () => {
    await using shot = await armed();
    await stillArmed(shot.server);
  });

  test('after a HEAD', async () => {
    await using shot = await armed();
    equal(await ask(shot.server, QUERY, { method: 'HEAD' }), 200);
    await stillArmed(shot.server);
  });

  test('after a part of an update', async () => {
    await using shot = await armed();
    equal(await ask(shot.server, QUERY, { headers: { Range: 'bytes=0-99' } }), 206);
    await stillArmed(shot.server);
  });

  test('after a transfer that was broken off', async () => {
    await using shot = await armed(Buffer.alloc(30_000_000, 'image'));
    using client = await askSlowly(shot.server.url, QUERY);
    client.leave();
    await stillArmed(shot.server);
    const broken = shot.server.lines().filter((line) => line.includes('broken off at byte'));
    equal(broken.length, 1);
    match(broken[0] ?? '', /: the client closed the connection$/);
  });
});
