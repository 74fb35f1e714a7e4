import { deepEqual, equal, fail, ok, rejects } from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { ExtVolume } from '../../../src/contents/ext4/ext-volume.ts';
import { FileTree } from '../../../src/contents/file-tree.ts';
import type { Partition } from '../../../src/contents/partitions.ts';
import { diskOf } from '../disks.ts';
import {
  debugfs,
  EXTRAS,
  LATE,
  LATE_TIME,
  LONG_TARGET,
  makeExtImage,
  makeTree,
  UNWRITTEN,
  writePieces,
} from './ext-image.ts';
import { debugfsListing, listingOf } from './listing.ts';

function wholeOf(image: Buffer): Partition {
  return { number: 2, type: 0x83, start: 0, bytes: image.length };
}

async function open(image: Buffer): Promise<ExtVolume> {
  const volume = await ExtVolume.open(diskOf(image), wholeOf(image));
  if (!(volume instanceof ExtVolume)) return fail(`not read: ${JSON.stringify(volume)}`);
  return volume;
}

/** Options of mkfs.ext4, and whether its files have extents. */
const VARIANTS: readonly { readonly options: string; readonly hasExtents: boolean }[] = [
  { options: '', hasExtents: true },
  { options: '-t ext2', hasExtents: false },
  { options: '-t ext2 -b 1024', hasExtents: false },
  { options: '-t ext2 -r 0', hasExtents: false },
  { options: '-t ext3', hasExtents: false },
  { options: '-b 1024', hasExtents: true },
  { options: '-b 2048', hasExtents: true },
  { options: '-b 4096', hasExtents: true },
  { options: '-O inline_data', hasExtents: true },
  { options: '-O inline_data -I 1024', hasExtents: true },
  { options: '-O ^64bit', hasExtents: true },
  { options: '-O meta_bg,^resize_inode -b 1024 -g 1024', hasExtents: true },
  { options: '-O meta_bg,^resize_inode,^64bit,^sparse_super -b 1024 -g 512', hasExtents: true },
  { options: '-O ^extents,^64bit', hasExtents: false },
  { options: '-O ^extents,^64bit -b 1024', hasExtents: false },
  { options: '-O ^metadata_csum', hasExtents: true },
  { options: '-O sparse_super2', hasExtents: true },
  { options: '-O sparse_super2,meta_bg,^resize_inode -b 1024 -g 1024', hasExtents: true },
  { options: '-O ^flex_bg', hasExtents: true },
  { options: '-O metadata_csum_seed', hasExtents: true },
  { options: '-I 128', hasExtents: true },
  { options: '-O casefold', hasExtents: true },
  { options: '-O encrypt', hasExtents: true },
  { options: '-O bigalloc -C 16384', hasExtents: true },
  { options: '-O bigalloc,^flex_bg -b 1024 -C 4096', hasExtents: true },
  { options: '-O bigalloc,meta_bg,^resize_inode -b 1024 -C 2048 -g 2048', hasExtents: true },
];

suite('a file system of mkfs.ext4 is read as debugfs reads it', () => {
  let tree: string;
  before(async () => {
    tree = await mkdtemp(path.join(tmpdir(), 'mkbox-tree-'));
    await makeTree(tree);
  });
  after(() => rm(tree, { recursive: true }));

  for (const { options, hasExtents } of VARIANTS) {
    test(`made with ${options || 'no options'}`, async () => {
      const hasLateTimes = !/-I 128|ext2|ext3/.test(options);
      const commands = [...(hasExtents ? [UNWRITTEN] : []), ...(hasLateTimes ? [LATE_TIME] : []), ...EXTRAS];
      const image = await makeExtImage(tree, { options: options.split(' ').filter(Boolean), commands });
      const [seen, expected] = [await listingOf(await (await open(image)).root()), debugfsListing(image)];
      deepEqual([...seen.keys()].sort(), [...expected.keys()].sort());
      deepEqual(seen, expected);
      equal(seen.get('/etc/long')?.target, LONG_TARGET);
      equal(seen.get('/etc/passwd')?.owner, '100000:70000');
      equal(seen.get('/dev/disk')?.device, '259:70000');
      if (hasLateTimes) equal(seen.get('/etc/zero')?.modifiedAt, LATE);
    });
  }

  test('to the end of a file that needs all levels of a block map', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-tree-'));
    // 12, 256 and 65,536 blocks of 1 KiB come before the third level
    writePieces(path.join(folder, 'huge'), 2, 68 * 1024 * 1024);
    const image = await makeExtImage(folder, { options: ['-t', 'ext2', '-b', '1024'] });
    await rm(folder, { recursive: true });
    deepEqual(await listingOf(await (await open(image)).root()), debugfsListing(image));
  });
});

suite('a file system that Linux wrote is read as debugfs reads it', () => {
  test('in folders that got an index as they grew', async () => {
    const image = zstdDecompressSync(await readFile(path.join(import.meta.dirname, '../../fixtures/ext4/linux.zst')));
    const [seen, expected] = [await listingOf(await (await open(image)).root()), debugfsListing(image)];
    deepEqual([...seen.keys()].sort(), [...expected.keys()].sort());
    deepEqual(seen, expected);
    equal([...seen.keys()].filter((name) => name.startsWith('/many/')).length, 2500);
  });
});

test('a file that is encrypted says so, and the others are read', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-tree-'));
  for (const name of ['plain', 'secret']) await writeFile(path.join(folder, name), name);
  const file = path.join(folder, 'image');
  await writeFile(file, await makeExtImage(folder, { options: ['-O', 'encrypt'], megabytes: 4 }));
  debugfs(file, ['set_inode_field secret flags 0x80800'], true); // e2fsck would take it back: there is no key
  const image = await readFile(file);
  await rm(folder, { recursive: true });
  const files = await new FileTree(await (await open(image)).root()).list('/');
  if ('kind' in files) return fail('no list');
  deepEqual(
    files.map((file) => [file.name, 'reason' in file ? file.reason : file.status.type]),
    [
      ['lost+found', 'folder'],
      ['plain', 'file'],
      ['secret', 'inode 13 is encrypted'],
    ],
  );
});

suite('a file system with checksums', () => {
  test('is damaged where what describes files is', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-tree-'));
    await makeTree(folder, 40);
    const image = await makeExtImage(folder, { options: ['-b', '1024'], megabytes: 16 });
    await rm(folder, { recursive: true });
    const damaged = (at: number) => {
      const changed = Buffer.from(image);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      return changed;
    };
    const superblock = await ExtVolume.open(diskOf(damaged(1024 + 0x30)), wholeOf(image));
    deepEqual(superblock, { kind: 'damaged', reason: "the superblock doesn't match its checksum" });
    const descriptor = await open(damaged(2048 + 0x10));
    await rejects(descriptor.root(), /the descriptor of group 0 doesn't match its checksum/);
    const table = image.readUInt32LE(2048 + 0x08) * 1024;
    const inode = await open(damaged(table + 256 + 0x10));
    await rejects(inode.root(), /inode 2 doesn't match its checksum/);
    const name = await open(damaged(image.indexOf('grüße')));
    await rejects(name.root().then(listingOf), /a block of a folder doesn't match its checksum/);
  });
});

suite('a small file system', () => {
  let image: Buffer;
  before(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-tree-'));
    image = await makeExtImage(folder, { megabytes: 4, options: ['-b', '1024', '-O', '^metadata_csum'] });
    await rm(folder, { recursive: true });
  });

  test('that was not unmounted says so', async () => {
    equal((await open(image)).needsRecovery, false);
    const changed = Buffer.from(image);
    changed.writeUInt32LE(changed.readUInt32LE(1024 + 0x60) | 0x4, 1024 + 0x60);
    equal((await open(changed)).needsRecovery, true);
  });

  test('with a feature that is not read is refused by its name', async () => {
    const features = { 1: 'compression', 8: 'journal_dev', 4096: 'dirdata' };
    for (const [bit, feature] of Object.entries(features)) {
      const changed = Buffer.from(image);
      changed.writeUInt32LE(changed.readUInt32LE(1024 + 0x60) | Number(bit), 1024 + 0x60);
      deepEqual(await ExtVolume.open(diskOf(changed), wholeOf(changed)), { kind: 'unsupported', feature });
    }
  });

  test('with a feature that no one knows is refused by its number', async () => {
    const changed = Buffer.from(image);
    changed.writeUInt32LE(changed.readUInt32LE(1024 + 0x60) | 0x80000, 1024 + 0x60);
    deepEqual(await ExtVolume.open(diskOf(changed), wholeOf(changed)), {
      kind: 'unsupported',
      feature: 'incompat 0x80000',
    });
  });

  test('with sizes that cannot be is damaged', async () => {
    const changed = Buffer.from(image);
    changed.writeUInt16LE(100, 1024 + 0x58);
    const reason = "its inodes can't have 100 bytes";
    deepEqual(await ExtVolume.open(diskOf(changed), wholeOf(changed)), { kind: 'damaged', reason });
  });

  test('is none where the partition holds something else', async () => {
    equal(await ExtVolume.open(diskOf(Buffer.alloc(1024 * 1024)), wholeOf(image)), undefined);
    ok(await open(image));
  });
});
