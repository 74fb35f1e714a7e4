/**
 * Holds what is read of large images against debugfs, file by file: `npm run oracle`. Two gigabytes go to the temporary
 * folder. ORACLE_TREE: the folder that files are taken from (/usr/share); ORACLE_FILES: how many (10000).
 */
import { ok } from 'node:assert/strict';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ExtVolume } from '../../../src/contents/ext4/ext-volume.ts';
import { type Partition, parsePartitions, SECTOR_BYTES } from '../../../src/contents/partitions.ts';
import { makeSetWithTools } from '../../fixtures/tool-made-set.ts';
import { copyFiles } from './copy-files.ts';
import { debugfs, EXTRAS, makeTree, UNWRITTEN } from './ext-image.ts';
import { debugfsListing, listingOf } from './listing.ts';

/** Options of mkfs.ext4, and whether its files have extents. */
const VARIANTS: readonly (readonly [options: string, hasExtents: boolean])[] = [
  ['', true],
  ['-t ext2', false],
  ['-t ext3', false],
  ['-b 1024', true],
  ['-b 4096', true],
  ['-O inline_data', true],
  ['-O ^64bit', true],
  ['-O meta_bg,^resize_inode', true],
  ['-O ^extents,^64bit', false],
  ['-O ^metadata_csum', true],
  ['-O sparse_super2', true],
];

/** With the type of a regular file. */
const MODES = ['0104755', '0102750', '0101777', '0100000', '0106711'];

/** What takes root elsewhere: odd modes, owners, extended attributes, devices. */
function commandsFor(files: readonly string[], hasExtents: boolean): string[] {
  const plain = files.filter((name) => !/["\s]/.test(name));
  const odd = plain.filter((_, index) => index % 50 === 0);
  return [
    ...odd.flatMap((name, index) => [
      `set_inode_field "/share/${name}" uid ${index * 1000}`,
      `set_inode_field "/share/${name}" gid ${index}`,
      `set_inode_field "/share/${name}" mode ${MODES[index % MODES.length]}`,
      `ea_set "/share/${name}" user.number ${index}`,
      `ea_set "/share/${name}" security.label ${'x'.repeat(index)}`,
    ]),
    ...(hasExtents ? [UNWRITTEN] : []),
    ...EXTRAS,
  ];
}

async function rootOf(image: string): Promise<Partition> {
  await using file = await open(image);
  const sector = Buffer.alloc(SECTOR_BYTES);
  await file.read(sector, 0, sector.length, 0);
  const root = parsePartitions(sector)?.[1];
  ok(root);
  return root;
}

async function compare(image: string, root: Partition): Promise<string> {
  await using file = await open(image);
  const { size } = await file.stat();
  const read = async (buffer: Buffer, position: number) =>
    (await file.read(buffer, 0, buffer.length, position)).bytesRead;
  const volume = await ExtVolume.open({ size, read }, root);
  ok(volume instanceof ExtVolume, `not read: ${JSON.stringify(volume)}`);
  const seen = await listingOf(await volume.root());
  const expected = debugfsListing(`${image}?offset=${root.start}`);
  const different = [...new Set([...seen.keys(), ...expected.keys()])].filter(
    (name) => !isDeepStrictEqual(seen.get(name), expected.get(name)),
  );
  for (const name of different.slice(0, 10)) console.log(name, seen.get(name), expected.get(name));
  ok(different.length === 0, `${different.length} of ${expected.size} files differ`);
  const listed = [...seen.values()];
  const attributes = listed.filter((file) => file.attributes !== undefined).length;
  return `${listed.length} entries, ${attributes} with extended attributes,`;
}

const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-oracle-'));
try {
  const tree = path.join(folder, 'tree');
  await makeTree(tree, 2000);
  const from = process.env.ORACLE_TREE ?? '/usr/share';
  const files = await copyFiles(from, path.join(tree, 'share'), Number(process.env.ORACLE_FILES ?? '10000') - 2100);
  for (const [index, [options, hasExtents]] of VARIANTS.entries()) {
    const box = path.join(folder, `box-${index}`);
    const content = { box: 'oracle', board: 'pi', buildId: '1a'.repeat(32), rootMib: 256, rootTree: tree };
    const set = await makeSetWithTools(box, { ...content, ext4Options: options.split(' ').filter(Boolean) });
    const root = await rootOf(`${set}.img`);
    debugfs(`${set}.img?offset=${root.start}`, commandsFor(files, hasExtents), true);
    console.log(`${await compare(`${set}.img`, root)} are read as debugfs reads them: mkfs.ext4 ${options}`);
    await rm(box, { recursive: true });
  }
} finally {
  await rm(folder, { recursive: true });
}
