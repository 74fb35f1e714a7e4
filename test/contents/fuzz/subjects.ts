import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { ExtVolume } from '../../../src/contents/ext4/ext-volume.ts';
import { FatVolume } from '../../../src/contents/fat-volume.ts';
import { readContents } from '../../../src/contents/image-contents.ts';
import { openInitramfsTree, openRootTree } from '../../../src/contents/image-trees.ts';
import { readNewcTree } from '../../../src/contents/newc-tree.ts';
import { PinnedFile } from '../../../src/images/pinned-file.ts';
import { encodeSeekTable } from '../../../src/images/zstd/seek-table.ts';
import { SeekableZstd } from '../../../src/images/zstd/seekable-zstd.ts';
import { decodeZstd } from '../../../src/images/zstd/zstd-decoder.ts';
import { decompressedSize } from '../../../src/images/zstd/zstd-frames.ts';
import { makeDiskImage } from '../../fixtures/disk-image.ts';
import { FILE, FOLDER, newcArchive } from '../../fixtures/newc-archive.ts';
import { numbers, zstdFrame } from '../../images/zstd-files.ts';
import { bootOf, CONTENT, diskOf } from '../disks.ts';
import { makeExtImage, makeTree, UNWRITTEN } from '../ext4/ext-image.ts';
import { answerOf, lookAtAll } from './answers.ts';

/** Something that may be damaged, and how it is looked at. */
export interface Subject {
  readonly name: string;
  readonly bytes: Buffer;
  /** Where it is damaged, from one byte to before another: what tells of files lies there. */
  readonly start: number;
  readonly end: number;
  /** Looks at all there is in a damaged copy, which may be cut. */
  readonly look: (bytes: Buffer) => Promise<void>;
}

/** Options of mkfs.ext4: checksums would tell of most flips before anything is read, so most have none. */
const EXT_OPTIONS = [
  '-t ext2 -b 1024',
  '-t ext3 -b 1024',
  '-b 1024',
  '-O ^metadata_csum -b 1024',
  '-O inline_data,^metadata_csum',
  '-O meta_bg,^resize_inode,^metadata_csum -b 1024 -g 1024',
];
/** The tables of inodes, the folders and the trees of extents lie in front of it. */
const EXT_END = 600 * 1024;

const FAT16 = new URL('../../fixtures/fat/fat16.zst', import.meta.url);

/** Damages are looked for in these; the folder is for files that need one. */
export async function makeSubjects(folder: string): Promise<Subject[]> {
  const tree = await mkdtemp(path.join(tmpdir(), 'mkbox-tree-'));
  try {
    await makeTree(tree, 20);
    const ext = await Promise.all(EXT_OPTIONS.map((options) => extSubject(tree, options)));
    return [...ext, fat16Subject(), fat32Subject(), imageSubject(), newcSubject(), seekableSubject(folder)];
  } finally {
    await rm(tree, { recursive: true });
  }
}

async function extSubject(tree: string, options: string): Promise<Subject> {
  const commands = [
    ...(/-t ext/.test(options) ? [] : [UNWRITTEN]),
    `ea_set /etc/passwd user.large ${'x'.repeat(300)}`,
    'ea_set /etc/passwd user.small 1',
  ];
  const bytes = await makeExtImage(tree, { options: [...options.split(' '), '-N', '256'], megabytes: 16, commands });
  const partition = { number: 2, type: 0x83, start: 0, bytes: bytes.length };
  const look = async (damaged: Buffer) => {
    const volume = await ExtVolume.open(diskOf(damaged), partition);
    if (volume instanceof ExtVolume) await lookAtAll(() => volume.root());
  };
  return { name: `ext, ${options}`, bytes, start: 1024, end: EXT_END, look };
}

function fat16Subject(): Subject {
  return fatSubject('FAT16', zstdDecompressSync(readFileSync(FAT16)));
}

function fat32Subject(): Subject {
  const image = makeDiskImage(CONTENT);
  const { start, bytes } = bootOf(image);
  return fatSubject('FAT32', Buffer.from(image.subarray(start, start + bytes)));
}

function fatSubject(name: string, bytes: Buffer): Subject {
  const partition = { number: 1, type: 0x0c, start: 0, bytes: bytes.length };
  const look = async (damaged: Buffer) => {
    const volume = await FatVolume.open(diskOf(damaged), partition);
    if (volume === undefined) return;
    await lookAtAll(async () => volume.root());
    await answerOf(() => volume.find('initramfs'));
  };
  return { name, bytes, start: 0, end: bytes.length, look };
}

/** What an image is looked at for: its partitions, the initramfs and what is in it. */
function imageSubject(): Subject {
  const bytes = makeDiskImage(CONTENT);
  const look = async (damaged: Buffer) => {
    await answerOf(() => readContents(diskOf(damaged)));
    await answerOf(() => openRootTree(diskOf(damaged)));
    const initramfs = await answerOf(() => openInitramfsTree(diskOf(damaged)));
    if (initramfs !== undefined && !('kind' in initramfs)) await answerOf(() => initramfs.list('/'));
  };
  return { name: 'an image', bytes, start: 0, end: bytes.length, look };
}

function newcSubject(): Subject {
  const bytes = newcArchive(
    [
      { name: 'etc', mode: FOLDER | 0o755 },
      { name: 'etc/passwd', mode: FILE | 0o644, content: Buffer.from('root') },
      { name: 'link', mode: 0o120777, content: Buffer.from('etc/passwd') },
      { name: 'big', mode: FILE | 0o644, content: Buffer.alloc(100_000, 'big') },
      { name: 'etc/last', mode: FILE | 0o600, content: Buffer.from('last') },
    ],
    0,
  );
  const look = async (damaged: Buffer) => {
    const open = async function* () {
      for (let at = 0; at < damaged.length; at += 1000) yield damaged.subarray(at, at + 1000);
    };
    await lookAtAll(() => readNewcTree(open));
  };
  return { name: 'newc', bytes, start: 0, end: bytes.length, look };
}

/** A zstd file with a seek table, which lies at its end: so that is damaged as often as the frames are. */
function seekableSubject(folder: string): Subject {
  const content = numbers(20_000);
  const pieces = [content.subarray(0, 40_000), content.subarray(40_000, 40_000), content.subarray(40_000)];
  const frames = pieces.map((piece) => ({ frame: zstdFrame(piece), decompressed: piece.length }));
  const sizes = frames.map(({ frame, decompressed }) => ({ compressed: frame.length, decompressed }));
  const table = encodeSeekTable(sizes);
  const bytes = Buffer.concat([...frames.map(({ frame }) => frame), table]);
  const look = async (damaged: Buffer) => {
    await writeFile(path.join(folder, 'seekable.zst'), damaged);
    const file = await PinnedFile.open(folder, folder, 'seekable.zst');
    if (!(file instanceof PinnedFile)) throw new Error(file);
    try {
      const seekable = await answerOf(() => SeekableZstd.open(file));
      const buffer = Buffer.alloc(64 * 1024);
      const most = Math.min(seekable?.size ?? 0, 4 * content.length);
      for (let at = 0; at < most; at += buffer.length) await answerOf(async () => seekable?.read(buffer, at));
      await answerOf(() => decompressedSize(file));
      await answerOf(() => decodeZstd(file, { onRead: () => {}, onContent: () => {} }));
    } finally {
      await file.close();
    }
  };
  return { name: 'zstd with a seek table', bytes, start: bytes.length - 3 * table.length, end: bytes.length, look };
}
