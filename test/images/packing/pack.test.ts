import { deepEqual, equal, ok } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { SET_FILES } from '../../../src/images/image-name.ts';
import { openImageSet } from '../../../src/images/image-set.ts';
import { type PackRequest, packImage } from '../../../src/images/packing/pack.ts';
import type { PinnedFile } from '../../../src/images/pinned-file.ts';
import { rawSize } from '../../../src/images/raw-size.ts';
import { requireTools } from '../../tools/tools.ts';
import { BUILD_A, BUILD_B, makeBoxes, sha256, writeSet } from '../image-sets.ts';

const { zstd, zstdcat, sha256sum } = requireTools('zstd', 'zstdcat', 'sha256sum');

const CHUNK = 8 * 1024 * 1024;

/** Blocks of 64 KiB, by turns text and bytes that do not compress; the same for the same size. */
function disk(bytes: number): Buffer {
  const content = Buffer.alloc(bytes, 'a line of some file in the root file system\n');
  for (let at = 0, block = 0; at < bytes; at += 65_536, block++) {
    if (block % 2 === 0) noise(block, Math.min(65_536, bytes - at)).copy(content, at);
  }
  return content;
}

function noise(seed: number, bytes: number): Buffer {
  return createHash('shake256', { outputLength: bytes }).update(`${seed}`).digest();
}

/** Packs `raw` as the image box-pi in a new folder. */
async function packed(raw: Buffer, options: Partial<PackRequest> = {}) {
  const boxes = await makeBoxes();
  const folder = boxes.at('box');
  await mkdir(folder);
  await writeFile(boxes.at('box', 'box-pi.img'), raw);
  const result = await packImage({ folder, image: 'box-pi', buildId: BUILD_A, ...options });
  return {
    result,
    folder,
    location: { root: boxes.root, folder, image: 'box-pi' },
    file: (suffix: string) => boxes.at('box', `box-pi${suffix}`),
    [Symbol.asyncDispose]: () => boxes[Symbol.asyncDispose](),
  };
}

interface Frame {
  readonly at: number;
  readonly compressed: number;
  readonly decompressed: number;
}

/** The frames that the seek table at the end of `zst` tells of, as the format's description reads it. */
function framesBySeekTable(zst: Buffer): Frame[] {
  equal(zst.readUInt32LE(zst.length - 4), 0x8f92eab1);
  equal(zst[zst.length - 5], 0, 'no checksums');
  const count = zst.readUInt32LE(zst.length - 9);
  const table = zst.length - 9 - 8 * count - 8;
  equal(zst.readUInt32LE(table), 0x184d2a5e);
  equal(zst.readUInt32LE(table + 4), zst.length - table - 8);
  let at = 0;
  const frames = Array.from({ length: count }, (_, index) => {
    const entry = table + 8 + 8 * index;
    const frame = { at, compressed: zst.readUInt32LE(entry), decompressed: zst.readUInt32LE(entry + 4) };
    at += frame.compressed;
    return frame;
  });
  equal(at, table, 'the table comes right after the frames');
  return frames;
}

suite('a packed image', () => {
  for (const bytes of [0, 1, 300, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK + 12_345]) {
    test(`of ${bytes} bytes is what it was, for every reader`, async () => {
      const raw = disk(bytes);
      await using set = await packed(raw);
      const zst = await readFile(set.file('.img.zst'));

      execFileSync(zstd, ['-q', '-t', set.file('.img.zst')]);
      ok(execFileSync(zstdcat, ['-T0', set.file('.img.zst')], { maxBuffer: 2 * raw.length + 1024 }).equals(raw));
      execFileSync(sha256sum, ['--strict', '-c', 'box-pi.img.sha256'], { cwd: set.folder });

      const frames = framesBySeekTable(zst);
      deepEqual(
        frames.map((frame) => frame.decompressed),
        bytes === 0
          ? [0]
          : Array.from({ length: Math.ceil(bytes / CHUNK) }, (_, i) => Math.min(CHUNK, bytes - i * CHUNK)),
      );
      for (const [index, { at, compressed, decompressed }] of frames.entries()) {
        const alone = zstdDecompressSync(zst.subarray(at, at + compressed));
        ok(alone.equals(raw.subarray(index * CHUNK, index * CHUNK + decompressed)), `frame ${index}`);
      }
    });
  }

  test('has its checksums, its build and its sizes told', async () => {
    const raw = disk(100_000);
    await using set = await packed(raw);
    const zst = await readFile(set.file('.img.zst'));
    const checksums = { raw: sha256(raw), zst: sha256(zst) };
    deepEqual(set.result, { image: 'box-pi', buildId: BUILD_A, rawBytes: 100_000, zstBytes: zst.length, checksums });
    equal(await readFile(set.file('.img.buildID'), 'utf8'), `${BUILD_A}  box-pi.img\n`);
    equal(
      await readFile(set.file('.img.sha256'), 'utf8'),
      `${checksums.raw}  box-pi.img\n${checksums.zst}  box-pi.img.zst\n`,
    );
  });

  test('is a set that can be handed out, with nothing left beside it', async () => {
    await using packing = await packed(disk(1000));
    const set = await openImageSet(packing.location);
    if ('problem' in set) throw new Error(set.problem);
    equal(set.buildId, BUILD_A);
    await set.close();
    const names = (await readdir(packing.folder)).sort();
    deepEqual(names, ['box-pi.img', 'box-pi.img.buildID', 'box-pi.img.sha256', 'box-pi.img.zst']);
  });

  for (const bytes of [0, 1, CHUNK + 1]) {
    test(`of ${bytes} bytes tells its raw size without being decompressed`, async () => {
      await using set = await packed(disk(bytes));
      await rm(set.file('.img'));
      equal(await rawSize(set.location), bytes);
    });
  }

  test('is hardly larger than what zstd makes', async () => {
    const raw = disk(6 * CHUNK);
    await using set = await packed(raw);
    execFileSync(zstd, ['-q', '-T0', '-3', '-o', set.file('.reference'), set.file('.img')]);
    ok(set.result.zstBytes <= 1.02 * (await stat(set.file('.reference'))).size);
  });

  test('is the same for the same image', async () => {
    const raw = disk(3 * CHUNK);
    await using once = await packed(raw);
    await using again = await packed(raw);
    equal(once.result.checksums.zst, again.result.checksums.zst);
  });

  test('was told of while it grew', async () => {
    const steps: [number, number][] = [];
    await using _set = await packed(disk(2 * CHUNK + 1), { onProgress: (done, total) => steps.push([done, total]) });
    const total = 2 * CHUNK + 1;
    deepEqual(steps, [
      [CHUNK, total],
      [2 * CHUNK, total],
      [total, total],
    ]);
  });
});

suite('an old set', () => {
  test('is replaced, and the build ID is what the raw image says, before that which is given', async () => {
    await using boxes = await makeBoxes();
    const old = await writeSet(boxes.root, 'box', 'box-pi', { buildId: BUILD_A });
    await writeFile(old.file('.img'), disk(1000));
    const readBuildId = async (raw: PinnedFile) => (raw.size === 1000 ? BUILD_B : undefined);
    const request = { folder: boxes.at('box'), image: 'box-pi', readBuildId, buildId: 'c'.repeat(64) };
    const { buildId, checksums } = await packImage(request);
    equal(buildId, BUILD_B);
    const set = await openImageSet(old.location);
    if ('problem' in set) throw new Error(set.problem);
    deepEqual([set.buildId, set.checksums], [BUILD_B, checksums]);
    await set.close();
  });

  for (const mode of [0o600, 0o640, 0o664]) {
    test(`of mode ${mode.toString(8)} is replaced by one that as many can read`, async () => {
      await using boxes = await makeBoxes();
      const old = await writeSet(boxes.root, 'box', 'box-pi');
      const files = Object.values(SET_FILES).map((suffix) => old.file(suffix));
      await writeFile(old.file('.img'), disk(1000));
      for (const file of files) await chmod(file, mode);
      await packImage({ folder: boxes.at('box'), image: 'box-pi', buildId: BUILD_B });
      for (const file of files) equal((await stat(file)).mode & 0o777, mode);
    });
  }

  test('goes on being read by who has it open', async () => {
    await using boxes = await makeBoxes();
    const old = await writeSet(boxes.root, 'box', 'box-pi');
    await writeFile(old.file('.img'), disk(1000));
    const set = await openImageSet(old.location);
    if ('problem' in set) throw new Error(set.problem);
    await packImage({ folder: boxes.at('box'), image: 'box-pi', buildId: BUILD_B });
    deepEqual(await set.zst.readAll(1000), old.zst);
    ok(await set.zst.isUnchanged());
    await set.close();
  });
});
