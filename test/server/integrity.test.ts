import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { type DiskContent, makeDiskImage } from '../fixtures/disk-image.ts';
import { writeImageSet } from '../fixtures/image-set-files.ts';
import { zstWith } from '../fixtures/smallest-image.ts';
import { buildId, IMPATIENT, makeSet, noise, PATIENT, type Response, startServer } from './harness.ts';

const BOX: DiskContent = { box: 'docker-box', board: 'odroid-c4', branch: 'main', buildId: buildId(1) };

const TARGET = '/update?name=docker-box&board=odroid-c4&=branch=main&version=';

/** Asks a server over one set, as `prepare` left it. */
async function answerFor(prepare: (folder: string) => Promise<unknown>, target = TARGET): Promise<Response> {
  await using server = await startServer((boxes) => prepare(path.join(boxes, 'docker-box')), PATIENT);
  return await server.get(target);
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('an image that would spoil a board', () => {
  it('is refused when its digest is not the one beside it, and can be asked for again', async () => {
    const { status, headers, body } = await answerFor(async (folder) => {
      const set = await writeImageSet(folder, BOX);
      await writeFile(set.file('.img.zst'), zstdCompressSync(makeDiskImage({ ...BOX, buildId: buildId(2) })));
    });
    assert.equal(status, 503);
    assert.equal(headers['retry-after'], '5');
    assert.equal(
      body.toString(),
      "docker-box/docker-box-odroid-c4-main is not sent: docker-box-odroid-c4-main.img.zst doesn't match its .img.sha256" +
        ': it is being written, or was copied or built wrong; ask again when its build is done\n',
    );
  });

  it('is refused when zstdcat would stop in the middle of it', async () => {
    const { status, headers, body } = await answerFor((folder) =>
      writeImageSet(folder, BOX, { zst: (raw) => zstdCompressSync(raw).subarray(0, -100) }),
    );
    assert.equal(status, 409);
    assert.equal(headers['retry-after'], undefined);
    assert.match(body.toString(), /is cut off at byte \d+, in the middle of a zstd frame; build it again\n$/);
  });

  it('is refused when boards would flash it for ever, with the explanation', async () => {
    const { status, body } = await answerFor(async (folder) => {
      const set = await writeImageSet(folder, BOX);
      await writeFile(set.file('.img.buildID'), `${buildId(2)}  ${set.image}.img\n`);
    });
    assert.equal(status, 409);
    assert.match(body.toString(), /the image says that it is build \w{7}.*a board would flash it again at every boot/);
  });

  it('is one whose build has just begun when the raw image beside it is that build already', async () => {
    const { status, headers } = await answerFor(async (folder) => {
      const set = await writeImageSet(folder, BOX);
      await writeFile(set.file('.img'), makeDiskImage({ ...BOX, buildId: buildId(2) }));
      await writeFile(set.file('.img.buildID'), `${buildId(2)}  ${set.image}.img\n`);
    });
    assert.deepEqual([status, headers['retry-after']], [503, '5']);
  });

  it('is refused when it was built for another board, or another box', async () => {
    for (const content of [
      { ...BOX, board: 'beaglebone-green' },
      { ...BOX, box: 'linux-box' },
    ]) {
      const raw = makeDiskImage(content);
      const { status, body } = await answerFor((folder) =>
        writeImageSet(folder, BOX, { zst: () => zstdCompressSync(raw) }).then(async (set) => {
          await writeFile(set.file('.img.sha256'), `${sha256(set.zst)}  ${set.image}.img.zst\n`);
        }),
      );
      assert.equal(status, 409);
      assert.match(body.toString(), /the image was built for the (board beaglebone-green|box linux-box)/);
    }
  });

  it('is left out of the list once that is known', async () => {
    await using server = await startServer(async (boxes) => {
      await makeSet(boxes, 'box', 'box-right');
      const zst = await makeSet(boxes, 'box', 'box-wrong');
      await writeFile(path.join(boxes, 'box', 'box-wrong.img.zst'), zst.reverse());
    }, PATIENT);
    assert.equal((await server.get('/list')).body.toString(), 'box/box-right\nbox/box-wrong\n');
    await server.get('/update/box/box-wrong');
    assert.equal((await server.get('/list')).body.toString(), 'box/box-right\n');
  });

  it('is still up to date for a board that runs it', async () => {
    const target = `${TARGET}&build_id=${buildId(2)}`;
    const { status, body } = await answerFor(async (folder) => {
      const set = await writeImageSet(folder, BOX);
      await writeFile(set.file('.img.buildID'), `${buildId(2)}  ${set.image}.img\n`);
    }, target);
    assert.deepEqual([status, body.equals(Buffer.alloc(10_240))], [200, true]);
  });

  it('is sent when it is put right', async () => {
    await using server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi'), PATIENT);
    const zst = path.join(server.boxes, 'box', 'box-pi.img.zst');
    await writeFile(zst, zstWith({ box: 'box', image: 'box-pi', buildId: buildId() }, noise(3000)));
    assert.equal((await server.get('/update/box/box-pi')).status, 503);
    await makeSet(server.boxes, 'box', 'box-pi');
    assert.equal((await server.get('/update/box/box-pi')).status, 200);
  });
});

describe('an image that takes longer to be examined than it may hold up', () => {
  const IMAGE_BYTES = 2_000_000;

  async function writeWrongSet(boxes: string): Promise<void> {
    await makeSet(boxes, 'box', 'box-pi', IMAGE_BYTES);
    await writeFile(path.join(boxes, 'box', 'box-pi.img.sha256'), `${'0'.repeat(64)}  box-pi.img.zst\n`);
  }

  it('is sent meanwhile, and broken off before its end when it turns out to be wrong', async () => {
    await using server = await startServer(writeWrongSet, IMPATIENT);
    const ended = server.ended();
    await assert.rejects(server.get('/update/box/box-pi'), /aborted/);
    const { state, sentBytes, objection, status } = await ended;
    assert.deepEqual([status, state], [200, { kind: 'broken', reason: 'image wrong' }]);
    assert.ok(sentBytes > 0 && sentBytes < IMAGE_BYTES, 'all but the end was sent');
    assert.equal(objection?.kind, 'wrong image');
  });

  it('is refused once it is known to be wrong', async () => {
    await using server = await startServer(writeWrongSet, IMPATIENT);
    const examined = once(server.checks.events, 'examined');
    await assert.rejects(server.get('/update/box/box-pi'), /aborted/);
    await examined;
    assert.equal((await server.get('/update/box/box-pi', {}, 'HEAD')).status, 503);
  });

  it('is sent to its end when it turns out to be right', async () => {
    await using server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', IMAGE_BYTES), IMPATIENT);
    const { status, body } = await server.get('/update/box/box-pi');
    assert.deepEqual([status, body.length > IMAGE_BYTES], [200, true]);
  });

  it('is not examined any further when all who asked have left', { timeout: 240_000 }, async () => {
    const zeros = zstdCompressSync(Buffer.alloc(2 ** 26));
    const slow = Buffer.concat(Array.from({ length: 60 }, () => zeros)); // 4 GB take some seconds, 360 kB of them a moment
    await using server = await startServer(async (boxes) => {
      await makeSet(boxes, 'box', 'box-small');
      await makeSet(boxes, 'box', 'box-slow');
      await writeFile(path.join(boxes, 'box', 'box-slow.img.zst'), slow);
      await writeFile(path.join(boxes, 'box', 'box-slow.img.sha256'), `${sha256(slow)}  box-slow.img.zst\n`);
    }, IMPATIENT);
    let examined = 0;
    server.checks.events.on('examined', () => examined++);
    const ended = server.ended();
    const client = await server.connect();
    client.write('GET /update/box/box-slow HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(client, 'data');
    client.destroy();
    assert.deepEqual((await ended).state, { kind: 'broken', reason: 'client closed' });
    // a box has one file examined at a time: this one's turn comes when the other's is over
    assert.equal((await server.get('/update/box/box-small')).status, 200);
    assert.equal(examined, 1);
  });

  it('is examined on for HEAD, which is how to have it checked before boards ask', { timeout: 240_000 }, async () => {
    await using server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', IMAGE_BYTES), IMPATIENT);
    const examined = once(server.checks.events, 'examined');
    assert.equal((await server.get('/update/box/box-pi', {}, 'HEAD')).status, 200);
    await examined;
  });

  it('is examined once for all who ask meanwhile, and goes on without those that leave', async () => {
    await using server = await startServer((boxes) => makeSet(boxes, 'box', 'box-pi', IMAGE_BYTES), IMPATIENT);
    let examinations = 0;
    server.checks.events.on('examined', () => examinations++);
    const gone = await server.connect();
    gone.write('GET /update/box/box-pi HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const asking = Array.from({ length: 5 }, () => server.get('/update/box/box-pi'));
    gone.destroy();
    for (const { status, body } of await Promise.all(asking)) {
      assert.deepEqual([status, body.length > IMAGE_BYTES], [200, true]);
    }
    assert.equal(examinations, 1);
  });
});
