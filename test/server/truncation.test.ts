import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { requireTools } from '../tools/tools.ts';
import { makeSet, noise, startServer, type TestServer } from './harness.ts';

const TARGET = '/update/box/box-pi';
const IMAGE_BYTES = 30_000_000;
const start = () => startServer((boxes) => makeSet(boxes, 'box', 'box-pi', IMAGE_BYTES));
const inBox = (server: TestServer, name: string) => path.join(server.boxes, 'box', name);

/** Asks with `head`, does `meanwhile` when the first bytes are there, and answers all bytes that then come. */
async function received(server: TestServer, head: string, meanwhile: () => Promise<unknown>): Promise<Buffer> {
  const socket = await server.connect();
  const chunks: Buffer[] = [];
  socket.on('error', () => {});
  socket.write(`${head}\r\nHost: localhost\r\n\r\n`);
  const [first] = (await once(socket, 'data')) as [Buffer];
  socket.pause();
  chunks.push(first);
  await meanwhile();
  const closed = once(socket, 'close');
  socket.on('data', (chunk: Buffer) => chunks.push(chunk)).resume();
  socket.on('end', () => socket.end());
  await closed;
  return Buffer.concat(chunks);
}

const lengthSaid = (answer: Buffer) => Number(/content-length: (\d+)/i.exec(answer.toString('latin1', 0, 2000))?.[1]);
const bodyOf = (answer: Buffer) => answer.subarray(answer.indexOf('\r\n\r\n') + 4);

describe('an answer that cannot be finished truly', () => {
  it('has fewer bytes than it said, also where it is a part', async () => {
    for (const range of ['bytes=0-', 'bytes=1000000-29000000']) {
      await using server = await start();
      const answer = await received(server, `GET ${TARGET} HTTP/1.1\r\nRange: ${range}`, () =>
        truncate(inBox(server, 'box-pi.img.zst'), 28_000_000),
      );
      assert.match(answer.toString('latin1', 0, 20), /^HTTP\/1\.1 206/);
      assert.ok(bodyOf(answer).length < lengthSaid(answer), range);
    }
  });

  it('has only bytes that were in the image when it began, before those that were overwritten', async () => {
    await using server = await start();
    const { body: whole } = await server.get(TARGET);
    const answer = await received(server, `GET ${TARGET} HTTP/1.1`, async () => {
      await using file = await open(inBox(server, 'box-pi.img.zst'), 'r+');
      await file.write(Buffer.alloc(1_000_000), 0, 1_000_000, 28_000_000);
    });
    const body = bodyOf(answer);
    assert.ok(body.length < whole.length);
    const before = Math.min(body.length, 28_000_000);
    assert.ok(body.subarray(0, before).equals(whole.subarray(0, before)));
  });

  it('never ends with the end of an archive', async () => {
    await using server = await start();
    const answer = await received(server, `GET ${TARGET} HTTP/1.1`, async () => {
      await writeFile(inBox(server, 'box-pi.img.zst'), 'more', { flag: 'a' });
    });
    assert.ok(!answer.includes('box-pi.img.sha256'));
  });

  it('is followed by a right one for who asks again', async () => {
    await using server = await start();
    const { curl } = requireTools('curl');
    const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-again-'));
    try {
      const file = path.join(folder, 'update.tar');
      const answering = once(server.server.events, 'answering');
      const first = spawn(curl, ['-s', '--limit-rate', '20M', '-o', file, server.url + TARGET]);
      const exited = once(first, 'exit');
      await answering;
      const image = await makeSet(server.boxes, 'box', 'box-pi', noise(IMAGE_BYTES).reverse());
      const [status] = await exited;
      assert.ok([18, 56].includes(status), `curl exits with ${status}`);
      const [again] = await once(spawn(curl, ['-s', '-o', file, server.url + TARGET]), 'exit');
      assert.equal(again, 0);
      assert.ok((await readFile(file)).subarray(512, 512 + image.length).equals(image));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('answers that share what is read of an image', () => {
  /** Only a file whose times tell of any later write is shared. */
  const startOld = async () => {
    const server = await start();
    await sleep(3_100);
    return server;
  };

  it('are the same bytes for all, whatever parts they ask for', async () => {
    await using server = await startOld();
    const { body: whole } = await server.get(TARGET);
    const starts = Array.from({ length: 20 }, (_, index) => index * 777_777);
    const parts = await Promise.all(starts.map((from) => server.get(TARGET, { Range: `bytes=${from}-` })));
    assert.deepEqual(
      parts.map(({ body }, index) => body.equals(whole.subarray(starts[index]))),
      parts.map(() => true),
    );
  });

  it('all end before their end when the image is overwritten, and none has bytes of both', async () => {
    await using server = await startOld();
    const { body: whole } = await server.get(TARGET);
    let came = 0;
    let overwrite: Promise<void> | undefined;
    const onceAllCame = async () => {
      if (++came === 8) {
        overwrite = (async () => {
          await using file = await open(inBox(server, 'box-pi.img.zst'), 'r+');
          await file.write(Buffer.alloc(1_000_000), 0, 1_000_000, 28_000_000);
        })();
      }
      while (overwrite === undefined) await sleep(5);
      await overwrite;
    };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => received(server, `GET ${TARGET} HTTP/1.1`, onceAllCame)),
    );
    for (const body of answers.map(bodyOf)) {
      assert.ok(body.length < whole.length);
      const before = Math.min(body.length, 28_000_000);
      assert.ok(body.subarray(0, before).equals(whole.subarray(0, before)));
    }
  });
});

describe('an answer that began', () => {
  it('has the checksums as they were, whatever is written to their file', async () => {
    await using server = await start();
    const { body: whole } = await server.get(TARGET);
    const answer = await received(server, `GET ${TARGET} HTTP/1.1\r\nConnection: close`, () =>
      writeFile(inBox(server, 'box-pi.img.sha256'), 'being written'),
    );
    assert.ok(bodyOf(answer).equals(whole));
  });

  it('is sent whole when a new build is renamed into place, twice', async () => {
    await using server = await start();
    const { body: whole } = await server.get(TARGET);
    const zst = inBox(server, 'box-pi.img.zst');
    const answer = await received(server, `GET ${TARGET} HTTP/1.1\r\nConnection: close`, async () => {
      for (const build of ['one', 'two']) {
        await writeFile(`${zst}.new`, build);
        await rename(`${zst}.new`, zst);
      }
    });
    assert.ok(bodyOf(answer).equals(whole));
  });

  it('is sent whole when the folder is deleted', async () => {
    await using server = await start();
    const { body: whole } = await server.get(TARGET);
    const answer = await received(server, `GET ${TARGET} HTTP/1.1\r\nConnection: close`, () =>
      rm(path.join(server.boxes, 'box'), { recursive: true }),
    );
    assert.ok(bodyOf(answer).equals(whole));
    assert.equal((await server.get(TARGET)).status, 404);
  });
});
