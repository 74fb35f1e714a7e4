import { crc32, gzipSync, zstdCompressSync } from 'node:zlib';
import { boardConfOf, type DiskContent, makeDiskImage, makeInitramfs, ubootRamdisk } from '../fixtures/disk-image.ts';
import { type ArchiveEntry, FILE, FOLDER, newcArchive } from '../fixtures/newc-archive.ts';
import { type Expected, type Row, wrong } from './row.ts';

const SECTOR_BYTES = 512;
const MIB = 1024 * 1024;
/** Where the MBR has its entry of a partition, by the partition's number. */
const ENTRIES_AT = [0, 446, 462];
const TYPE_AT = 4;
const START_AT = 8;

const NO_FAT = wrong(
  /the boot partition has no readable FAT file system, and mkbox's has one: a board that gets it may never ask again; /,
);
const DAMAGED_FAT = wrong(/the file system on the boot partition is damaged: a board can't boot it/);
const NO_INITRAMFS = wrong(
  /the boot partition has no initramfs, and mkbox's has one: a board that gets it may never ask again; /,
);
const NO_HEADER = wrong(/the initramfs has no U-Boot header/);
const BAD_HEADER = wrong(/the U-Boot header of the initramfs is damaged/);
const TOO_SHORT = wrong(/the initramfs is shorter than its U-Boot header says/);
const BAD_PAYLOAD = wrong(/the initramfs doesn't match the checksum in its U-Boot header/);
const BAD_GZIP = wrong(/the gzip data of the initramfs is damaged/);
const CUT_GZIP = wrong(/the gzip data of the initramfs is cut off/);
const BAD_CPIO = wrong(/the cpio archive in the initramfs is damaged/);
const OTHER_CPIO = wrong(/the cpio archive in the initramfs is not in the format newc/);
const CUT_CPIO = wrong(/the cpio archive in the initramfs is cut off/);
const NO_CONF = wrong(
  /the initramfs has no board\.conf, and mkbox's have one: a board that gets it may never ask again; /,
);
const NO_ROOT = wrong(/the second partition has no ext4 file system that fits into it: a board can't boot it/);

/** The boot partition is not what a board boots from. */
const BOOT_PARTITIONS: readonly Row[] = [
  disk('lost its boot sector', NO_FAT, (image) => image.fill(0, startOf(image, 1), startOf(image, 1) + SECTOR_BYTES)),
  disk('has no signature in its boot sector', NO_FAT, (image) =>
    image.fill(0, startOf(image, 1) + 510, startOf(image, 1) + SECTOR_BYTES),
  ),
  disk('has ext4 on both partitions', NO_FAT, (image) =>
    image.copy(
      image.fill(0, startOf(image, 1), startOf(image, 2)),
      startOf(image, 1),
      startOf(image, 2),
      startOf(image, 2) + 4096,
    ),
  ),
  disk('has its boot loader over its boot partition', NO_FAT, (image) =>
    image.copyWithin(startOf(image, 1), SECTOR_BYTES, SECTOR_BYTES + 8192),
  ),
  disk('has no first partition', NO_FAT, (image) => image.writeUInt8(0, entryAt(1) + TYPE_AT)),
  disk('has its boot partition 4 KiB behind where its table says', NO_FAT, (image) =>
    image.writeUInt32LE(image.readUInt32LE(entryAt(1) + START_AT) - 8, entryAt(1) + START_AT),
  ),
  disk('has zeros for its FAT', DAMAGED_FAT, (image) => {
    const { table, tableBytes } = fatOf(image);
    image.fill(0, table, table + 2 * tableBytes);
  }),
  disk('has an initramfs whose clusters end early', DAMAGED_FAT, (image) => link(image, 4, 0x0fffffff)),
  disk('has an initramfs with a bad cluster', DAMAGED_FAT, (image) => link(image, 4, 0x0ffffff7)),
  disk('has an initramfs whose clusters lead out of its volume', DAMAGED_FAT, (image) => link(image, 4, 0x0ffffff0)),
  disk('has an initramfs whose clusters lead in a circle', BAD_PAYLOAD, (image) => link(image, 5, 4)),
  disk('has the clusters of its initramfs in another order', BAD_PAYLOAD, (image) => {
    link(image, 3, 5);
    link(image, 5, 4);
    link(image, 4, 6);
  }),
  disk('had its initramfs deleted', NO_INITRAMFS, (image) => {
    const short = image.indexOf('INITRA~1', startOf(image, 1), 'latin1');
    for (const entry of [short, short - 32]) image.writeUInt8(0xe5, entry);
  }),
];

/** There is an initramfs, or should be, and a board can't run it. */
const INITRAMFS: readonly Row[] = [
  content('has no initramfs', NO_INITRAMFS, () => ({ initramfs: null })),
  initramfs('is empty', NO_HEADER, () => Buffer.alloc(0)),
  initramfs('is 63 bytes', NO_HEADER, (bytes) => bytes.subarray(0, 63)),
  initramfs('has no U-Boot header', NO_HEADER, (bytes) => bytes.subarray(64)),
  initramfs('has a bit flipped in its U-Boot header', BAD_HEADER, (bytes) => inverted(bytes, 40)),
  initramfs('has another checksum of its U-Boot header', BAD_HEADER, (bytes) => inverted(bytes, 4)),
  initramfs('has another checksum of its payload', BAD_PAYLOAD, (bytes) => withHeader(bytes, 24, 0x12345678)),
  initramfs('has a U-Boot header of a larger one', TOO_SHORT, (bytes) => withHeader(bytes, 12, bytes.length)),
  initramfs('has a U-Boot header of a smaller one', BAD_PAYLOAD, (bytes) => withHeader(bytes, 12, bytes.length - 65)),
  initramfs('has a bit flipped in the middle', BAD_PAYLOAD, (bytes) => inverted(bytes, bytes.length >> 1)),
  initramfs('has a bit flipped at the end', BAD_PAYLOAD, (bytes) => inverted(bytes, bytes.length - 1)),
  initramfs('has zeros in the middle', BAD_PAYLOAD, (bytes) =>
    Buffer.from(bytes).fill(0, Math.floor(bytes.length / 3), Math.floor((2 * bytes.length) / 3)),
  ),
  initramfs('lacks its last byte', TOO_SHORT, (bytes) => bytes.subarray(0, -1)),
  initramfs('lacks its second half', TOO_SHORT, (bytes) => bytes.subarray(0, bytes.length >> 1)),
  payload('lacks its second half', CUT_GZIP, (gzip) => gzip.subarray(0, gzip.length >> 1)),
  payload('lacks its last byte', CUT_GZIP, (gzip) => gzip.subarray(0, -1)),
  payload('is nothing', CUT_GZIP, () => Buffer.alloc(0)),
  payload('has another CRC', BAD_GZIP, (gzip) => inverted(gzip, gzip.length - 8)),
  payload('has another length', BAD_GZIP, (gzip) => inverted(gzip, gzip.length - 4)),
  payload('has a bit flipped in the middle', BAD_GZIP, (gzip) => inverted(gzip, gzip.length >> 1)),
  payload('is text', BAD_GZIP, () => Buffer.from('a letter\n'.repeat(1000))),
  payload('is zstd', wrong(/the initramfs is compressed with zstd, and mkbox uses gzip/), () =>
    zstdCompressSync(newcArchive(ENTRIES, 0)),
  ),
  cpio('is nothing', CUT_CPIO, () => Buffer.alloc(0)),
  cpio('is text', BAD_CPIO, () => Buffer.from('a letter\n'.repeat(1000))),
  cpio('has no trailer', CUT_CPIO, (archive) => archive.subarray(0, archive.indexOf('TRAILER!!!') - 110)),
  cpio('ends in the midst of a file', CUT_CPIO, (archive) => archive.subarray(0, archive.indexOf('#!/bin/sh') + 3)),
  cpio('ends in the midst of a header', CUT_CPIO, (archive) => archive.subarray(0, 50)),
  cpio('has a damaged header', BAD_CPIO, (archive) => inverted(archive, archive.indexOf('070701', 6))),
  cpio('is of the older format', OTHER_CPIO, (archive) =>
    Buffer.from(archive.toString('latin1').replaceAll('070701', '070707'), 'latin1'),
  ),
  entries('has no board.conf', NO_CONF, () => []),
  entries('has its board.conf in a folder', NO_CONF, (conf) => [
    { name: 'etc/board.conf', mode: FILE | 0o644, content: conf },
  ]),
  entries('has a folder for a board.conf', wrong(/board\.conf/), () => [{ name: 'board.conf', mode: FOLDER | 0o755 }]),
  content('has an empty board.conf', wrong(/its board\.conf has no build ID/), () => ({ boardConf: '' })),
  payload('unpacks to gigabytes', wrong(/the initramfs unpacks to more than 512 MiB/), (gzip) => {
    const zeros = gzipSync(Buffer.alloc(64 * MIB)); // 64 KiB: all of them fit into the boot partition
    return Buffer.concat([gzip, ...Array.from({ length: 20 }, () => zeros)]);
  }),
];

/** A board that boots finds no root file system. */
const ROOT_PARTITIONS: readonly Row[] = [
  disk('has no second partition', NO_ROOT, (image) => image.writeUInt8(0, entryAt(2) + TYPE_AT)),
  disk('has zeros for a root partition', NO_ROOT, (image) => image.fill(0, startOf(image, 2))),
  disk('has FAT on both partitions', NO_ROOT, (image) =>
    image.copy(image, startOf(image, 2), startOf(image, 1), startOf(image, 1) + 4096),
  ),
  superblock('has another magic', (bytes) => bytes.writeUInt16LE(0xef54, 0x38)),
  superblock('is of a larger file system', (bytes) => bytes.writeUInt32LE(bytes.readUInt32LE(4) + 1, 4)),
  superblock('is of a file system of terabytes', (bytes) => bytes.writeUInt32LE(1, 0x150)),
  superblock('has no blocks', (bytes) => bytes.writeUInt32LE(0, 4)),
  superblock('has blocks of gigabytes', (bytes) => bytes.writeUInt32LE(20, 0x18)),
  disk('has its root partition 4 KiB behind where its table says', NO_ROOT, (image) =>
    image.writeUInt32LE(image.readUInt32LE(entryAt(2) + START_AT) - 8, entryAt(2) + START_AT),
  ),
];

/** Images as mkbox makes them, each damaged in one place, so that a board does not boot or never asks again. */
export const UNBOOTABLE: readonly Row[] = [...BOOT_PARTITIONS, ...INITRAMFS, ...ROOT_PARTITIONS];

/** What is in an initramfs beside its board.conf. */
const ENTRIES: readonly ArchiveEntry[] = [
  { name: '.', mode: FOLDER | 0o755 },
  { name: 'init', mode: FILE | 0o755, content: Buffer.from('#!/bin/sh\n. /board.conf\n') },
];

/** An image that something was done to, with an initramfs of many clusters; all digests are right. */
function disk(what: string, expected: Expected, damage: (image: Buffer) => unknown): Row {
  return {
    name: `the disk ${what}`,
    expected,
    make: async ({ first, putSummed }) => {
      const image = makeDiskImage({ ...first.content, ballast: 8192 });
      const whole = Buffer.from(image);
      damage(image);
      if (image.equals(whole)) throw new Error(`nothing was damaged: the disk ${what}`);
      await putSummed(zstdCompressSync(image), image);
    },
  };
}

/** An image of other content. */
function content(what: string, expected: Expected, more: (content: DiskContent) => Partial<DiskContent>): Row {
  return {
    name: `the disk ${what}`,
    expected,
    make: async ({ first, putSummed }) => {
      const image = makeDiskImage({ ...first.content, ...more(first.content) });
      await putSummed(zstdCompressSync(image), image);
    },
  };
}

/** An image whose initramfs is other bytes than those of the first build. */
function initramfs(what: string, expected: Expected, damage: (bytes: Buffer) => Buffer): Row {
  const row = content(what, expected, (of) => ({ initramfs: damage(makeInitramfs({ ...of, ballast: 4096 })) }));
  return { ...row, name: `the initramfs ${what}` };
}

/** An initramfs whose header is right about another payload. */
function payload(what: string, expected: Expected, damage: (gzip: Buffer) => Buffer): Row {
  const row = initramfs(what, expected, (bytes) => ubootRamdisk(damage(bytes.subarray(64))));
  return { ...row, name: `the gzip in the initramfs ${what}` };
}

/** An initramfs whose header and gzip are right about another archive. */
function cpio(what: string, expected: Expected, damage: (archive: Buffer) => Buffer): Row {
  const row = payload(what, expected, () => gzipSync(damage(newcArchive(ENTRIES, 0)), { level: 1 }));
  return { ...row, name: `the cpio archive in the initramfs ${what}` };
}

/** An archive that is right, with other entries for the board.conf. */
function entries(what: string, expected: Expected, more: (conf: Buffer) => readonly ArchiveEntry[]): Row {
  const archive = (conf: string) => newcArchive([...ENTRIES, ...more(Buffer.from(conf))], 0);
  const row = content(what, expected, (of) => ({ initramfs: ubootRamdisk(gzipSync(archive(boardConfOf(of)))) }));
  return { ...row, name: `the cpio archive in the initramfs ${what}` };
}

/** An image whose root partition has another superblock. */
function superblock(what: string, damage: (bytes: Buffer) => unknown): Row {
  const row = disk(what, NO_ROOT, (image) => damage(image.subarray(startOf(image, 2) + 1024)));
  return { ...row, name: `the superblock ${what}` };
}

function entryAt(partition: 1 | 2): number {
  return ENTRIES_AT[partition] ?? 0;
}

/** Where a partition begins: bytes from the image's beginning. */
function startOf(image: Buffer, partition: 1 | 2): number {
  return image.readUInt32LE(entryAt(partition) + START_AT) * SECTOR_BYTES;
}

/** The FAT of the boot partition: bytes from the image's beginning. */
function fatOf(image: Buffer): { readonly table: number; readonly tableBytes: number } {
  const start = startOf(image, 1);
  const table = start + image.readUInt16LE(start + 14) * SECTOR_BYTES;
  return { table, tableBytes: image.readUInt32LE(start + 36) * SECTOR_BYTES };
}

/** Has another cluster, or the end, follow a cluster of the initramfs, which has those from 3 on. */
function link(image: Buffer, cluster: number, next: number): void {
  const { table, tableBytes } = fatOf(image);
  for (const copy of [table, table + tableBytes]) image.writeUInt32LE(next, copy + cluster * 4);
}

function inverted(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ 0xff, at);
  return copy;
}

/** An initramfs with another number in its U-Boot header, which has the checksum of that. */
function withHeader(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt32BE(value, at);
  copy.writeUInt32BE(0, 4);
  copy.writeUInt32BE(crc32(copy.subarray(0, 64)), 4);
  return copy;
}
