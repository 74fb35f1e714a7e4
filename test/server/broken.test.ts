import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { open, readdir, readlink, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { requireTools } from '../tools/tools.ts';
import { until } from '../until.ts';
import { makeSet, noise, startServer, type TestServer } from './harness.ts';

const IMAGE_BYTES = 30_000_000;

const ON_LINUX = { skip: process.platform !== 'linux' };

/** Starts a download that is slow enough to be disturbed, and waits until it is under way. */
async function download(server: TestServer): Promise<{ curl: ChildProcess; sha256: Promise<string> }> {
  const { curl: program } = requireTools('curl');
  const answering = once(server.server.events, 'answering');
  const curl = spawn(program, ['-s', '--limit-rate', '20M', `${server.url}/update/box/box-pi`]);
  const hash = createHash('sha256');
  curl.stdout.on('data', (chunk: Buffer) => hash.update(chunk));
  await answering;
  return { curl, sha256: once(curl, 'close').then(() => hash.digest('hex')) };
}

const exit = async ({ curl }: { curl: ChildProcess }) => curl.exitCode ?? (await once(curl, 'exit'))[0];

describe('a transfer whose image is written to', () => {
  const disturbances: Record<string, (zst: string) => Promise<unknown>> = {
    'cut short': (zst) => truncate(zst, 25_000_000),
    'emptied and written anew, as a build does': async (zst) => {
      await truncate(zst, 0);
      await writeFile(zst, noise(IMAGE_BYTES).reverse());
    },
    'overwritten in place, with its time put back': async (zst) => {
      await using file = await open(zst, 'r+');
      const { mtime } = await file.stat();
      await file.write(Buffer.alloc(1000), 0, 1000, 29_000_000);
      await utimes(zst, mtime, mtime);
    },
    'appended to': (zst) => writeFile(zst, 'more', { flag: 'a' }),
  };
  for (const [what, disturb] of Object.entries(disturbances)) {
    it(`is seen to have failed when the image is ${what}`, async () => {
      await using server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', IMAGE_BYTES));
      const running = await download(server);
      const ended = server.ended();
      await disturb(path.join(server.boxes, 'box', 'box-pi.img.zst'));
      assert.ok([18, 56].includes(await exit(running)));
      assert.deepEqual((await ended).state, { kind: 'broken', reason: 'image changed' });
    });
  }

  it('is finished with the image it began when that is replaced, or deleted', async () => {
    await using server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', IMAGE_BYTES));
    const { body } = await server.get('/update/box/box-pi');
    const expected = createHash('sha256').update(body).digest('hex');
    const zst = path.join(server.boxes, 'box', 'box-pi.img.zst');
    const first = await download(server);
    await writeFile(`${zst}.new`, 'another build');
    await rename(`${zst}.new`, zst);
    assert.equal(await exit(first), 0);
    assert.equal(await first.sha256, expected);
    await makeSet(server.boxes, 'box', 'box-pi', IMAGE_BYTES, 2);
    const second = await download(server);
    await rm(zst);
    assert.equal(await exit(second), 0);
  });
});

describe('a client that goes away', () => {
  /** Whether the server has the image open: the descriptors are this process's. */
  const imageIsOpen = async () => {
    const links = (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ''));
    return (await Promise.all(links)).some((link) => link.endsWith('box-pi.img.zst'));
  };

  for (const bytes of [200_000, IMAGE_BYTES]) {
    it(`breaks the transfer of an image of ${bytes} bytes, whose file is closed`, async () => {
      await using server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', bytes));
      const socket = await server.connect();
      const ended = server.ended();
      socket.write('GET /update/box/box-pi HTTP/1.1\r\nHost: localhost\r\n\r\n');
      await once(socket, 'readable');
      socket.read(1000);
      assert.equal(process.platform !== 'linux' || (await imageIsOpen()), true);
      socket.resetAndDestroy();
      assert.deepEqual((await ended).state, { kind: 'broken', reason: 'client closed' });
      // its examination, which nobody waits for any more, has it open for a moment
      for (const deadline = Date.now() + 10_000; (await imageIsOpen()) && Date.now() < deadline; ) await sleep(20);
      assert.equal(process.platform === 'linux' && (await imageIsOpen()), false);
    });
  }

  for (const head of ['HTTP/1.1\r\nHost: localhost\r\nConnection: close', 'HTTP/1.0\r\nHost: localhost']) {
    it(`breaks the transfer, too, when it wanted no other on its connection: ${JSON.stringify(head)}`, async () => {
      await using server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', 200_000));
      const socket = await server.connect();
      const ended = server.ended();
      socket.write(`GET /update/box/box-pi ${head}\r\n\r\n`);
      await once(socket, 'readable');
      socket.read(1000);
      await sleep(500); // all of it is in the kernel's buffers by then
      socket.resetAndDestroy();
      assert.deepEqual((await ended).state, { kind: 'broken', reason: 'client closed' });
    });
  }

  it(
    'breaks the transfer before its first byte, too, where it had closed its half and all is in the buffers',
    ON_LINUX,
    async () => {
      await using server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', 200_000));
      const other = await server.connect(); // where looks at the system's queues show one, they show all
      other.write('GET /update/box/box-pi HTTP/1.1\r\nHost: localhost\r\n\r\n');
      await until(() => [...server.server.running].some(({ sentBytes }) => sentBytes > 0));
      const socket = await server.connect();
      const ended = server.ended();
      socket.end('GET /update/box/box-pi HTTP/1.1\r\nHost: localhost\r\n\r\n');
      socket.once('finish', () => socket.destroy());
      assert.deepEqual((await ended).state, { kind: 'broken', reason: 'client closed' });
      other.destroy();
    },
  );

  it('does not disturb others, nor does one that reads nothing', async () => {
    await using server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', IMAGE_BYTES));
    const stalled = await Promise.all(Array.from({ length: 20 }, () => server.connect()));
    for (const socket of stalled) {
      socket.on('error', () => {}).pause();
      socket.write('GET /update/box/box-pi HTTP/1.1\r\nHost: localhost\r\n\r\n');
    }
    const { body } = await server.get('/update/box/box-pi');
    assert.ok(body.length > IMAGE_BYTES);
    for (const socket of stalled) socket.destroy();
  });
});
