import type { Disk } from './disk.ts';
import type { Partition } from './partitions.ts';

/**
 * Linux, Documentation/filesystems/ext4/super.rst: where the superblock of ext2, ext3 and ext4 lies, in bytes from the
 * partition's beginning, and where it has what. All are little-endian.
 */
const SUPERBLOCK_AT = 1024;
const SUPERBLOCK_BYTES = 1024;
const BLOCKS_AT = 0x04;
const LOG_BLOCK_SIZE_AT = 0x18;
const MAGIC_AT = 0x38;
const INCOMPAT_AT = 0x60;
const BLOCKS_HIGH_AT = 0x150;

const MAGIC = 0xef53;
/** Block sizes are 1024 times a power of two, up to 64 KiB. */
const LARGEST_LOG_BLOCK_SIZE = 6;
/** Block numbers have 64 bits: the upper ones count. */
const INCOMPAT_64BIT = 0x80;

/** Bytes of a partition up to where its superblock ends. */
export const SUPERBLOCK_END: number = SUPERBLOCK_AT + SUPERBLOCK_BYTES;

/** Whether `partition` begins with the superblock of an ext2, ext3 or ext4 file system that fits into it. */
export async function holdsExt(disk: Disk, partition: Partition): Promise<boolean> {
  return (await readSuperblock(disk, partition)) !== undefined;
}

/** The superblock of the ext2, ext3 or ext4 file system on `partition`; undefined where there is none that fits into it. */
export async function readSuperblock(disk: Disk, { start, bytes }: Partition): Promise<Buffer | undefined> {
  const superblock = Buffer.alloc(SUPERBLOCK_BYTES);
  const count = await disk.read(superblock, start + SUPERBLOCK_AT);
  if (count < SUPERBLOCK_BYTES || superblock.readUInt16LE(MAGIC_AT) !== MAGIC) return undefined;
  const logBlockSize = superblock.readUInt32LE(LOG_BLOCK_SIZE_AT);
  if (logBlockSize > LARGEST_LOG_BLOCK_SIZE) return undefined;
  const blocks = blockCount(superblock);
  return blocks > 0 && blocks * blockSize(superblock) <= bytes ? superblock : undefined;
}

/** Bytes of a block. */
export function blockSize(superblock: Buffer): number {
  return 1024 * 2 ** superblock.readUInt32LE(LOG_BLOCK_SIZE_AT);
}

/** Blocks of the file system. */
export function blockCount(superblock: Buffer): number {
  const is64Bit = (superblock.readUInt32LE(INCOMPAT_AT) & INCOMPAT_64BIT) !== 0;
  return superblock.readUInt32LE(BLOCKS_AT) + (is64Bit ? superblock.readUInt32LE(BLOCKS_HIGH_AT) * 2 ** 32 : 0);
}
