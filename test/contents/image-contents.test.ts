import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { gzipSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { bootPartition, readContents } from '../../src/contents/image-contents.ts';
import { DEMO_IMAGES, imageName, setFile } from '../board/demo-boxes.ts';
import { boardConfOf, type DiskContent, makeDiskImage, ubootRamdisk } from '../fixtures/disk-image.ts';
import { bootOf, CONF, CONTENT, diskOf, partsOf } from './disks.ts';

const MIB = 1024 * 1024;

function contentsOf(image: Buffer) {
  return readContents(diskOf(image));
}

suite('what is inside an image', () => {
  const images: Record<string, Partial<DiskContent>> = {
    'as mkbox builds it': {},
    'with its files in scattered clusters': { fragmented: true },
    'with 8 MiB before its board.conf, in scattered clusters': { ballast: 8 * MIB, fragmented: true },
    'with eight sectors a cluster': { sectorsPerCluster: 8 },
    'with the type of FAT32 in its table': { bootType: 0x0c },
    'with eight sectors a cluster, scattered': { sectorsPerCluster: 8, fragmented: true, ballast: MIB },
  };
  for (const [which, more] of Object.entries(images)) {
    test(`is its partitions' end and its board.conf: ${which}`, async () => {
      const image = makeDiskImage({ ...CONTENT, ...more });
      deepEqual(await contentsOf(image), { partitionsEnd: image.length, boardConf: CONF });
    });
  }

  for (const image of Object.values(DEMO_IMAGES)) {
    test(`is what ${imageName(image)} of the demo is known by`, async () => {
      const raw = zstdDecompressSync(await readFile(setFile(image, '.img.zst')));
      const buildId = (await readFile(setFile(image, '.img.buildID'), 'utf8')).slice(0, 64);
      const { partitionsEnd, boardConf, fault } = await contentsOf(raw);
      deepEqual([partitionsEnd, fault], [raw.length, undefined]);
      deepEqual([boardConf?.box, boardConf?.board, boardConf?.buildId], [image.name, image.board, buildId]);
    });
  }

  test('has a branch and a version where the image has', async () => {
    const { boardConf } = await contentsOf(makeDiskImage({ ...CONTENT, version: '1.2.0' }));
    deepEqual([boardConf?.branch, boardConf?.version], ['main', '1.2.0']);
    const { branch: _, ...unnamed } = CONTENT;
    ok(!('branch' in ((await contentsOf(makeDiskImage(unnamed))).boardConf ?? {})));
  });

  test('is the board.conf alone of a board.conf that says nothing', async () => {
    deepEqual((await contentsOf(makeDiskImage({ ...CONTENT, boardConf: '# nothing\n' }))).boardConf, {});
  });

  test('is told where the image ends before its last partition', async () => {
    const image = makeDiskImage({ ...CONTENT, missingSectors: 100 });
    deepEqual(await contentsOf(image), { partitionsEnd: image.length + 100 * 512, boardConf: CONF });
  });

  const faults: Record<string, [image: () => Buffer, fault: string]> = {
    'is empty': [() => Buffer.alloc(0), 'no partition table'],
    'is text': [() => Buffer.from('a build log'), 'no partition table'],
    'has no signature': [() => makeDiskImage({ ...CONTENT, mbrSignature: false }), 'no partition table'],
    'has no first partition': [() => withType(0), 'no boot partition'],
    'has no initramfs': [() => makeDiskImage({ ...CONTENT, initramfs: null }), 'no initramfs'],
    'ends within its boot partition': [() => makeDiskImage(CONTENT).subarray(0, MIB + 4096), 'no initramfs'],
    'has a damaged boot sector': [() => makeDiskImage(CONTENT).fill(0, MIB, MIB + 512), 'no initramfs'],
    'has an empty initramfs': [() => makeDiskImage({ ...CONTENT, initramfs: Buffer.alloc(0) }), 'no U-Boot image'],
    'has a bare initramfs': [
      () => makeDiskImage({ ...CONTENT, initramfs: gzipSync(boardConfOf(CONTENT)) }),
      'no U-Boot image',
    ],
    'has an initramfs that is no gzip': [
      () => makeDiskImage({ ...CONTENT, initramfs: ubootRamdisk(Buffer.from('lzma')) }),
      'unreadable',
    ],
    'has no board.conf': [() => makeDiskImage({ ...CONTENT, boardConf: null }), 'no board.conf'],
  };
  for (const [what, [makeImage, fault]] of Object.entries(faults)) {
    test(`is '${fault}' when it ${what}`, async () => {
      const contents = await contentsOf(makeImage());
      deepEqual([contents.fault, contents.boardConf], [fault, undefined]);
      equal('partitionsEnd' in contents, fault !== 'no partition table');
    });
  }

  test('fails only where the first sector can not be read', async () => {
    const failure = new Error('a bad disk');
    await rejects(readContents({ size: 1, read: () => Promise.reject(failure) }), failure);
    const image = makeDiskImage(CONTENT);
    const { size, read } = diskOf(image);
    const fails = (buffer: Buffer, position: number) =>
      position > 0 ? Promise.reject(failure) : read(buffer, position);
    deepEqual(await readContents({ size, read: fails }), { partitionsEnd: image.length, fault: 'no initramfs' });
  });
});

suite('a damaged image', () => {
  const image = makeDiskImage({ ...CONTENT, ballast: 100_000, fragmented: true });
  const { start, table, tableBytes, root, clusterAt } = partsOf(image);
  const inVolume: Record<string, fc.Arbitrary<number>> = {
    'boot sector': fc.integer({ min: start, max: start + 89 }),
    table: fc.oneof(
      fc.integer({ min: table, max: table + 40 }),
      fc.integer({ min: table, max: table + tableBytes - 1 }),
    ),
    'root folder': fc.integer({ min: root, max: root + 511 }),
    'second half of the root folder': fc.integer({ min: 0, max: 200 }).map((at) => secondRootCluster() + at),
    'first file': fc.integer({ min: clusterAt(3), max: clusterAt(40) }),
    'partition table': fc.integer({ min: 446, max: 511 }),
  };

  function secondRootCluster(): number {
    return clusterAt(image.readUInt32LE(table + 2 * 4));
  }

  for (const [where, places] of Object.entries(inVolume)) {
    test(`is told, and ends, wherever its ${where} is spoilt`, { timeout: 120_000 }, async () => {
      const value = fc.oneof(fc.constantFrom(0, 1, 2, 0x0f, 0x7f, 0xf8, 0xff), fc.nat(255));
      const changes = fc.array(fc.tuple(places, value), { minLength: 1, maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(changes, async (spots) => {
          const before = spots.map(([at]) => [at, image.readUInt8(at)] as const);
          try {
            for (const [at, byte] of spots) image.writeUInt8(byte, at);
            const { boardConf, fault } = await contentsOf(image);
            equal(boardConf === undefined, fault !== undefined);
          } finally {
            for (const [at, byte] of before.reverse()) image.writeUInt8(byte, at);
          }
        }),
        { seed: 20260101, numRuns: 150 },
      );
      deepEqual((await contentsOf(image)).boardConf, CONF);
    });
  }
});

suite('the boot partition', () => {
  test('is the first one, whatever its type', () => {
    const boot = bootOf(makeDiskImage(CONTENT));
    equal(bootPartition([boot])?.start, MIB);
    for (const type of [0x06, 0x0b, 0x0c, 0x83, 0xef]) equal(bootPartition([{ ...boot, type }])?.type, type);
    equal(bootPartition([{ ...boot, number: 2 }]), undefined);
  });
});

/** An image whose first partition has that type. */
function withType(type: number): Buffer {
  const image = makeDiskImage(CONTENT);
  image.writeUInt8(type, 446 + 4);
  return image;
}
