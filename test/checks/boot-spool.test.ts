import { deepEqual, equal, ok } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { BootSpool } from '../../src/checks/boot-spool.ts';
import { readContents } from '../../src/contents/image-contents.ts';
import { parsePartitions } from '../../src/contents/partitions.ts';
import { makeDiskImage } from '../fixtures/disk-image.ts';
import { CONTENT, openFilesAt, ownTemporaryFolder } from './sets.ts';

const MIB = 1024 * 1024;
const IMAGE = makeDiskImage({ ...CONTENT, ballast: MIB, fragmented: true });
const [BOOT] = parsePartitions(IMAGE.subarray(0, 512)) ?? [];
const BOOT_END = (BOOT?.start ?? 0) + (BOOT?.bytes ?? 0);

/** Lets an image go by in chunks of these sizes, the last of them again and again. */
async function spooled(image: Buffer, ...sizes: readonly number[]): Promise<BootSpool & AsyncDisposable> {
  const spool = await BootSpool.create();
  for (let at = 0, chunk = 0; at < image.length; chunk++) {
    const size = sizes[chunk] ?? sizes.at(-1) ?? image.length;
    await spool.take(image.subarray(at, at + size));
    at += size;
  }
  return Object.assign(spool, { [Symbol.asyncDispose]: () => spool.close() });
}

async function readAt(spool: BootSpool, position: number, length: number) {
  const buffer = Buffer.alloc(length, 0xaa);
  const count = await spool.read(buffer, position);
  return buffer.subarray(0, count);
}

suite('what is kept of an image that goes by', () => {
  const chunks: Record<string, number[]> = {
    'at once': [IMAGE.length],
    'in large chunks': [512 * 1024],
    'in chunks that end anywhere': [100_003],
    'with the first sector in pieces': [1, 100, 300, 111, 12_345, MIB],
  };
  for (const [how, sizes] of Object.entries(chunks)) {
    test(`is the same to the end of its boot partition, ${how}`, async () => {
      await using _folder = await ownTemporaryFolder();
      await using spool = await spooled(IMAGE, ...sizes);
      equal(spool.size, IMAGE.length);
      equal(spool.failure, undefined);
      for (let at = 0; at < BOOT_END; at += 4 * MIB) {
        const length = Math.min(4 * MIB, BOOT_END - at);
        ok((await readAt(spool, at, length)).equals(IMAGE.subarray(at, at + length)), `at ${at}`);
      }
      deepEqual((await readContents(spool)).boardConf?.buildId, CONTENT.buildId);
    });
  }

  test('ends with the boot partition, but for the superblock behind it', async () => {
    await using _folder = await ownTemporaryFolder();
    await using spool = await spooled(IMAGE, MIB);
    equal((await readAt(spool, BOOT_END - 10, 100)).length, 10);
    ok((await readAt(spool, BOOT_END + 1024, 1024)).equals(IMAGE.subarray(BOOT_END + 1024, BOOT_END + 2048)));
    equal((await readAt(spool, BOOT_END + 2000, 100)).length, 48);
    equal((await readAt(spool, BOOT_END + 2048, 100)).length, 0);
    equal((await readAt(spool, BOOT_END + 5000, 100)).length, 0);
  });

  test('is the same in memory, where there is no temporary folder', async () => {
    await using folder = await ownTemporaryFolder();
    const temporary = process.env.TMPDIR;
    process.env.TMPDIR = `${temporary}/nowhere`;
    await using spool = await spooled(IMAGE, 100_003);
    process.env.TMPDIR = temporary;
    equal(spool.failure, undefined);
    for (let at = 0; at < BOOT_END; at += 4 * MIB - 7) {
      const length = Math.min(4 * MIB, BOOT_END - at);
      ok((await readAt(spool, at, length)).equals(IMAGE.subarray(at, at + length)), `at ${at}`);
    }
    deepEqual((await readContents(spool)).boardConf?.buildId, CONTENT.buildId);
    deepEqual(await folder.spools(), []);
  });

  test('ends where the image does when that is before', async () => {
    await using _folder = await ownTemporaryFolder();
    await using spool = await spooled(IMAGE.subarray(0, 2 * MIB + 5), MIB);
    ok((await readAt(spool, 2 * MIB, 100)).equals(IMAGE.subarray(2 * MIB, 2 * MIB + 5)));
    equal((await readAt(spool, 3 * MIB, 100)).length, 0);
  });

  test('is the first sector alone of what has no boot partition', async () => {
    await using _folder = await ownTemporaryFolder();
    await using spool = await spooled(Buffer.alloc(5000, 'text'), 1000);
    equal((await readAt(spool, 0, 1000)).toString(), 'text'.repeat(128));
    await using short = await spooled(Buffer.from('text'));
    equal((await readAt(short, 0, 1000)).toString(), 'text');
    await using empty = await spooled(Buffer.alloc(0));
    equal((await readAt(empty, 0, 1000)).length, 0);
  });

  test('leaves nothing behind, not even while it is kept', { skip: process.platform === 'win32' }, async () => {
    await using folder = await ownTemporaryFolder();
    const spool = await spooled(IMAGE, MIB);
    deepEqual(await folder.spools(), []);
    await spool.close();
    deepEqual(await folder.spools(), []);
    if (process.platform === 'linux') deepEqual(await openFilesAt(`${process.env.TMPDIR}/mkbox-boot-`), []);
  });
});
