import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { gzipSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { type ContentsFault, foreignFault } from '../../src/contents/contents-fault.ts';
import { bootPartition, readContents } from '../../src/contents/image-contents.ts';
import { DEMO_IMAGES, imageName, setFile } from '../board/demo-boxes.ts';
import { boardConfOf, type DiskContent, makeDiskImage, ubootRamdisk } from '../fixtures/disk-image.ts';
import { bootOf, CONF, CONTENT, diskOf, partsOf, rootOf } from './disks.ts';

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
      deepEqual(await contentsOf(image), { partitionsEnd: image.length, boardConf: CONF, faults: [] });
    });
  }

  for (const image of Object.values(DEMO_IMAGES)) {
    test(`is what ${imageName(image)} of the demo is known by`, async () => {
      const raw = zstdDecompressSync(await readFile(setFile(image, '.img.zst')));
      const buildId = (await readFile(setFile(image, '.img.buildID'), 'utf8')).slice(0, 64);
      const { partitionsEnd, boardConf, faults } = await contentsOf(raw);
      deepEqual([partitionsEnd, faults], [raw.length, []]);
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
    deepEqual(await contentsOf(image), { partitionsEnd: image.length + 100 * 512, boardConf: CONF, faults: [] });
  });

  /** The image with a change to the superblock of its root partition. */
  const withSuperblock = (change: (superblock: Buffer) => void) => {
    const image = makeDiskImage(CONTENT);
    const root = rootOf(image);
    change(image.subarray(root.start + 1024, root.start + 2048));
    return image;
  };
  const scattered = () => {
    const image = makeDiskImage({ ...CONTENT, ballast: MIB });
    image.writeUInt32LE(0, partsOf(image).table + 100 * 4); // in the chain of the initramfs
    return image;
  };
  const faults: Record<string, [image: () => Buffer, ...faults: ContentsFault[]]> = {
    'is empty': [() => Buffer.alloc(0), 'no partition table'],
    'is text': [() => Buffer.from('a build log'), 'no partition table'],
    'has no signature': [() => makeDiskImage({ ...CONTENT, mbrSignature: false }), 'no partition table'],
    'has a GUID partition table': [() => withType(0xee), 'GPT'],
    'has no first partition': [() => withType(0), 'no FAT'],
    'has a boot partition of zeros': [() => makeDiskImage(CONTENT).fill(0, MIB, MIB + 512), 'no FAT'],
    'has no initramfs': [() => makeDiskImage({ ...CONTENT, initramfs: null }), 'no initramfs'],
    'ends within its boot partition': [
      () => makeDiskImage(CONTENT).subarray(0, MIB + 4096),
      'boot partition damaged',
      'no root file system',
    ],
    'has an initramfs whose clusters end too soon': [scattered, 'boot partition damaged'],
    'has an empty initramfs': [() => makeDiskImage({ ...CONTENT, initramfs: Buffer.alloc(0) }), 'U-Boot magic'],
    'has a bare initramfs': [
      () => makeDiskImage({ ...CONTENT, initramfs: gzipSync(boardConfOf(CONTENT)) }),
      'no U-Boot header',
    ],
    'has an initramfs that is no gzip': [
      () => makeDiskImage({ ...CONTENT, initramfs: ubootRamdisk(Buffer.from('lzma')) }),
      'gzip damaged',
    ],
    'has no board.conf': [() => makeDiskImage({ ...CONTENT, boardConf: null }), 'no board.conf'],
  };
  for (const [what, [makeImage, ...expected]] of Object.entries(faults)) {
    test(`is '${expected.join("' and '")}' when it ${what}`, async () => {
      const contents = await contentsOf(makeImage());
      deepEqual([contents.faults, contents.boardConf], [expected, undefined]);
      equal('partitionsEnd' in contents, expected[0] !== 'no partition table');
    });
  }

  const roots: Record<string, Buffer> = {
    'is zeros': withSuperblock((superblock) => superblock.fill(0)),
    'has a superblock with another magic': withSuperblock((superblock) => superblock.writeUInt8(0, 0x38)),
    'has blocks of 128 KiB': withSuperblock((superblock) => superblock.writeUInt32LE(7, 0x18)),
    'has no blocks': withSuperblock((superblock) => superblock.writeUInt32LE(0, 0x04)),
    'is smaller than its file system': withSuperblock((superblock) =>
      superblock.writeUInt32LE(superblock.readUInt32LE(0x04) + 1, 0x04),
    ),
    'is smaller than its file system of 4 KiB blocks': withSuperblock((superblock) =>
      superblock.writeUInt32LE(2, 0x18),
    ),
    'is smaller than its file system of 64 bits': withSuperblock((superblock) => {
      superblock.writeUInt32LE(superblock.readUInt32LE(0x60) | 0x80, 0x60);
      superblock.writeUInt32LE(1, 0x150);
    }),
  };
  for (const [what, image] of Object.entries(roots)) {
    test(`is 'no root file system', with its board.conf, when the second partition ${what}`, async () => {
      const { faults, boardConf } = await contentsOf(image);
      deepEqual([faults, boardConf], [['no root file system'], CONF]);
    });
  }

  test("is 'no root file system' when there is no second partition", async () => {
    const image = makeDiskImage(CONTENT);
    image.writeUInt8(0, 446 + 16 + 4);
    deepEqual((await contentsOf(image)).faults, ['no root file system']);
  });

  test('fails where the disk cannot be read', async () => {
    const failure = new Error('a bad disk');
    await rejects(readContents({ size: 1, read: () => Promise.reject(failure) }), failure);
    const { size, read } = diskOf(makeDiskImage(CONTENT));
    const fails = (buffer: Buffer, position: number) =>
      position > 0 ? Promise.reject(failure) : read(buffer, position);
    await rejects(readContents({ size, read: fails }), failure);
  });
});

suite('an image of another kind', () => {
  test('has nothing that says that mkbox made it', () => {
    const kinds: readonly [faults: ContentsFault[], foreign: string | undefined][] = [
      [[], undefined],
      [['no partition table'], undefined],
      [['GPT'], 'GPT'],
      [['no FAT', 'no root file system'], 'no FAT'],
      [['no initramfs'], 'no initramfs'],
      [['no board.conf'], 'no board.conf'],
      [['no U-Boot header', 'no root file system'], 'no U-Boot header'],
      [['compressed with xz'], 'compressed with xz'],
      [['partly compressed with xz'], undefined],
      [['U-Boot data CRC'], undefined],
      [['gzip damaged'], undefined],
      [['no root file system'], undefined],
      [['U-Boot magic', 'no root file system'], undefined],
      [['boot partition damaged'], undefined],
    ];
    for (const [faults, foreign] of kinds) equal(foreignFault({ faults }), foreign, faults.join());
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
    test(`is told, and ends, wherever its ${where} is spoilt`, { timeout: 360_000 }, async () => {
      const value = fc.oneof(fc.constantFrom(0, 1, 2, 0x0f, 0x7f, 0xf8, 0xff), fc.nat(255));
      const changes = fc.array(fc.tuple(places, value), { minLength: 1, maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(changes, async (spots) => {
          const before = spots.map(([at]) => [at, image.readUInt8(at)] as const);
          try {
            for (const [at, byte] of spots) image.writeUInt8(byte, at);
            const { boardConf, faults } = await contentsOf(image);
            ok(boardConf !== undefined || faults.length > 0);
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
