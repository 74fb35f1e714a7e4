import { equal } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { rawSize } from '../../src/images/raw-size.ts';
import { requireTools } from '../tools/tools.ts';
import { makeBoxes, makeOld, writeSet } from './image-sets.ts';

const { zstd, pzstd } = requireTools('zstd', 'pzstd');

/** `bytes` as zstd compresses a file of that size: it says so in the frame. */
function compress(bytes: Buffer, ...options: string[]): Buffer {
  return execFileSync(zstd, ['-q', '-c', `--stream-size=${bytes.length}`, ...options], { input: bytes });
}

/** `bytes` as zstd compresses a stream: it does not know their number when it writes the header. */
function compressStream(bytes: Buffer): Buffer {
  return execFileSync(zstd, ['-q', '-c'], { input: bytes });
}

function skippable(content: Buffer, kind = 0): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x184d2a50 + kind, 0);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}

async function sizeOf(zst: Buffer): Promise<number | undefined> {
  await using boxes = await makeBoxes();
  const { location } = await writeSet(boxes.root, 'box', 'box-pi', { zst });
  return await rawSize(location);
}

/** Every so many bytes something that does not compress, so that there are several blocks of several types. */
function disk(bytes: number): Buffer {
  const content = Buffer.alloc(bytes);
  for (let at = 0, state = 1; at < bytes; at++) {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    if ((at >> 16) % 2 === 1) content[at] = state >> 16;
  }
  return content;
}

suite('the size of an image before compression', () => {
  for (const bytes of [0, 1, 255, 256, 65_791, 65_792, 1_000_000]) {
    test(`is told by a frame of ${bytes} bytes`, async () => equal(await sizeOf(compress(disk(bytes))), bytes));
  }

  for (const option of ['-1', '-19', '--no-check', '--long=27', '-T0']) {
    test(`is told whatever it was compressed with: ${option}`, async () => {
      equal(await sizeOf(compress(disk(500_000), option)), 500_000);
    });
  }

  test('is the sum of several frames', async () => {
    equal(await sizeOf(Buffer.concat([1000, 0, 70_000].map((bytes) => compress(disk(bytes))))), 71_000);
  });

  test('is unknown for what pzstd writes: skippable frames, and others that do not say their size', async () => {
    await using boxes = await makeBoxes();
    await writeFile(boxes.at('raw'), disk(9_000_000));
    const zst = execFileSync(pzstd, ['-q', '-c', '-p', '2', '-1', boxes.at('raw')], { maxBuffer: 2 ** 25 });
    equal(zst.readUInt32LE(0), 0x184d2a50);
    equal(await sizeOf(zst), undefined);
  });

  test('leaves out frames that decoders skip, before, between and behind', async () => {
    const frame = compress(disk(1000));
    const parts = [skippable(Buffer.from('head')), frame, skippable(Buffer.alloc(0), 15), frame, skippable(frame, 7)];
    equal(await sizeOf(Buffer.concat(parts)), 2000);
  });

  test('is unknown when a frame does not say, as with a stream', async () => {
    equal(await sizeOf(compressStream(disk(100_000))), undefined);
    equal(await sizeOf(Buffer.concat([compress(disk(1000)), compressStream(disk(100_000))])), undefined);
  });

  const frame = compress(disk(100_000));
  const broken: readonly [what: string, zst: Buffer][] = [
    ['is no zstd at all', Buffer.from('compressed box-pi')],
    ['ends in a header', frame.subarray(0, 6)],
    ['ends in a block', frame.subarray(0, 1000)],
    ['ends before its checksum', frame.subarray(0, -1)],
    ['has something behind its last frame', Buffer.concat([frame, Buffer.from('something')])],
    ['has zeros behind its last frame', Buffer.concat([frame, Buffer.alloc(512)])],
    ['ends in a skippable frame', Buffer.concat([frame, skippable(frame).subarray(0, -1)])],
  ];
  for (const [what, zst] of broken) {
    test(`is unknown when the file ${what}`, async () => equal(await sizeOf(zst), undefined));
  }

  test('is that of the raw image where it lies beside the set', async () => {
    await using boxes = await makeBoxes();
    const { location, file } = await writeSet(boxes.root, 'box', 'box-pi', { zst: frame });
    await writeFile(file('.img'), Buffer.alloc(12_345));
    await makeOld(file('.img'));
    equal(await rawSize(location), 12_345);
    await rm(file('.img.zst'));
    equal(await rawSize(location), 12_345);
    await writeFile(file('.img.zst'), frame);
    await rm(file('.img'));
    await symlink('/etc/hostname', file('.img'));
    equal(await rawSize(location), 100_000);
  });

  test('is not that of a raw image that is newer, which is another build', async () => {
    await using boxes = await makeBoxes();
    const { location, file } = await writeSet(boxes.root, 'box', 'box-pi', { zst: frame });
    await makeOld(file('.img.zst'));
    await writeFile(file('.img'), Buffer.alloc(12_345));
    equal(await rawSize(location), 100_000);
  });

  test('is unknown where there is no file', async () => {
    await using boxes = await makeBoxes();
    await mkdir(boxes.at('box'));
    equal(await rawSize({ root: boxes.root, folder: boxes.at('box'), image: 'box-pi' }), undefined);
  });
});
