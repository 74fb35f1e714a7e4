import { equal, ok, rejects } from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { suite, test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import type { Disk } from '../../src/contents/disk.ts';
import { FatVolume } from '../../src/contents/fat-volume.ts';
import type { Partition } from '../../src/contents/partitions.ts';
import { type DiskContent, makeDiskImage, makeInitramfs } from '../fixtures/disk-image.ts';
import { numbers } from '../images/zstd-files.ts';
import { MOST_WAIT_MS } from '../until.ts';
import { bootOf, CONTENT, diskOf, entryAt, partsOf } from './disks.ts';

const VOLUMES = path.join(import.meta.dirname, '..', 'fixtures', 'fat');
const MIB = 1024 * 1024;

/** A file in the root folder of the FAT file system on `partition`; fails where there is none. */
async function openBootFile(disk: Disk, partition: Partition, name: string): Promise<AsyncIterable<Buffer>> {
  const volume = await FatVolume.open(disk, partition);
  const file = await volume?.find(name);
  if (volume === undefined || file === undefined) throw new Error(`there is no ${name}`);
  return volume.read(file);
}

async function readFrom(image: Buffer, name: string, partition = bootOf(image)): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await openBootFile(diskOf(image), partition, name)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** An image that is damaged in one place. */
function damaged(change: (image: Buffer) => void, content: Partial<DiskContent> = {}): Buffer {
  const image = makeDiskImage({ ...CONTENT, ballast: MIB, ...content });
  change(image);
  return image;
}

suite('a file on the boot partition is read to the byte', () => {
  const images: Record<string, Partial<DiskContent>> = {
    'of one cluster': {},
    'of many clusters': { ballast: 8 * MIB },
    'of scattered clusters, behind deleted ones': { ballast: 8 * MIB, fragmented: true },
    'of clusters of eight sectors': { ballast: MIB, sectorsPerCluster: 8 },
    'of scattered clusters of eight sectors': { ballast: MIB, sectorsPerCluster: 8, fragmented: true },
  };
  for (const [which, more] of Object.entries(images)) {
    test(which, async () => {
      const content = { ...CONTENT, ...more };
      const image = makeDiskImage(content);
      ok((await readFrom(image, 'initramfs')).equals(makeInitramfs(content)));
      ok((await readFrom(image, 'UPDATE.TXT')).toString().startsWith('force_update_name='));
    });
  }

  test('when it ends where a cluster does, and when it ends before or behind', async () => {
    for (const bytes of [511, 512, 513, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1]) {
      const initramfs = numbers(60_000).subarray(0, bytes);
      ok((await readFrom(makeDiskImage({ ...CONTENT, initramfs }), 'initramfs')).equals(initramfs), `${bytes}`);
    }
  });

  test('when it is empty', async () => {
    equal((await readFrom(makeDiskImage({ ...CONTENT, initramfs: Buffer.alloc(0) }), 'initramfs')).length, 0);
  });

  test('on a FAT32 volume with fewer clusters than such have, as Linux reads it', async () => {
    const image = makeDiskImage(CONTENT);
    image.writeUInt32LE(20_000, partsOf(image).start + 32);
    ok((await readFrom(image, 'initramfs')).equals(makeInitramfs(CONTENT)));
  });

  test('whichever FAT it is, but FAT12', async () => {
    const names = (await readdir(VOLUMES)).filter((name) => name.endsWith('.zst'));
    equal(names.length, 4);
    for (const name of names) {
      const volume = zstdDecompressSync(await readFile(path.join(VOLUMES, name)));
      const image = Buffer.concat([Buffer.alloc(MIB), volume]);
      const partition = { number: 1, type: 0x0c, start: MIB, bytes: volume.length };
      if (name === 'fat12.zst') {
        await rejects(readFrom(image, 'initramfs', partition));
        continue;
      }
      ok((await readFrom(image, 'initramfs', partition)).equals(numbers(10_000)), name);
      equal((await readFrom(image, 'cmdline.txt', partition)).toString(), 'console=ttyAML0\n', name);
      equal((await readFrom(image, 'empty', partition)).length, 0, name);
      await rejects(readFrom(image, 'gap', partition));
      await rejects(readFrom(image, 'overlays', partition));
    }
  });
});

suite('a file on the boot partition is not read', () => {
  const damages: Record<string, (image: Buffer) => void> = {
    'when the boot sector is zero': (image) => image.fill(0, partsOf(image).start, partsOf(image).start + 512),
    'when the boot sector has no signature': (image) =>
      image.fill(0, partsOf(image).start + 510, partsOf(image).start + 512),
    'when its clusters have no sectors': (image) => image.writeUInt8(0, partsOf(image).start + 13),
    'when its clusters have three sectors': (image) => image.writeUInt8(3, partsOf(image).start + 13),
    'when its sectors have no bytes': (image) => image.writeUInt16LE(0, partsOf(image).start + 11),
    'when there is no table': (image) => image.writeUInt32LE(0, partsOf(image).start + 36),
    'when the volume is larger than its partition': (image) => image.writeUInt32LE(2 ** 31, partsOf(image).start + 32),
    'when the root folder lies nowhere': (image) => image.writeUInt32LE(0x0fff0000, partsOf(image).start + 44),
    'when the root folder is zero': (image) => image.fill(0, partsOf(image).root, partsOf(image).root + 512),
    'when the root folder runs in circles': (image) => {
      const { table, root } = partsOf(image);
      image.fill(0xe5, root, root + 512);
      image.writeUInt32LE(2, table + 2 * 4);
    },
    'when its first cluster lies nowhere': (image) => image.writeUInt16LE(0xffff, entryAt(image, 'INITRA~1') + 20),
    'when its first cluster is none': (image) => image.writeUInt16LE(1, entryAt(image, 'INITRA~1') + 26),
    'when it is larger than the volume': (image) => image.writeUInt32LE(2 ** 31, entryAt(image, 'INITRA~1') + 28),
    'when its clusters end before it does': (image) => image.writeUInt32LE(0x0fffffff, partsOf(image).table + 100 * 4),
    'when its clusters lead to none': (image) => image.writeUInt32LE(0, partsOf(image).table + 100 * 4),
    'when its clusters lead out of the volume': (image) =>
      image.writeUInt32LE(0x0ffffff0, partsOf(image).table + 100 * 4),
    'when another file has its name': (image) => image.write('INITRB', entryAt(image, 'INITRA~1')),
  };
  for (const [when, change] of Object.entries(damages)) {
    test(when, { timeout: MOST_WAIT_MS }, () => rejects(readFrom(damaged(change), 'initramfs')));
  }

  test('further than it is long, when its clusters run in circles', { timeout: MOST_WAIT_MS }, async () => {
    const image = damaged((disk) => disk.writeUInt32LE(50, partsOf(disk).table + 100 * 4));
    equal((await readFrom(image, 'initramfs')).length, makeInitramfs({ ...CONTENT, ballast: MIB }).length);
  });

  test('when the image ends before', () => rejects(readFrom(damaged(() => {}).subarray(0, 2 * MIB), 'initramfs')));

  test('when there is none of that name', async () => {
    await rejects(readFrom(makeDiskImage({ ...CONTENT, initramfs: null }), 'initramfs'));
    await rejects(readFrom(makeDiskImage(CONTENT), 'initramf'));
    await rejects(readFrom(makeDiskImage(CONTENT), 'BOOT'));
  });

  test('when reading the disk fails', async () => {
    const image = makeDiskImage({ ...CONTENT, ballast: 8 * MIB });
    const failure = new Error('a bad sector');
    const { size, read } = diskOf(image);
    const badAt = partsOf(image).root + MIB;
    const disk = {
      size,
      read: (buffer: Buffer, position: number) =>
        position <= badAt && badAt < position + buffer.length ? Promise.reject(failure) : read(buffer, position),
    };
    const initramfs = await openBootFile(disk, bootOf(image), 'initramfs');
    const readAll = async () => {
      for await (const chunk of initramfs) ok(chunk.length > 0);
    };
    await rejects(readAll(), failure);
  });
});
