import { DamagedVolume } from '../damaged-volume.ts';
import { int32, uint16, uint32 } from '../little-endian.ts';
import { crc32c, crc32cOfNumber, crc32cOfZeros, FIRST_SEED } from './crc32c.ts';
import { lastEntryEnd } from './directory.ts';

/**
 * Linux, Documentation/filesystems/ext4/checksums.rst: what describes files has checksums, which begin with one of the
 * file system's UUID, and those of a file go on with its inode's number and generation.
 */
const UUID_AT = 0x68;
const UUID_BYTES = 16;
const SEED_AT = 0x270;
const SUPERBLOCK_CHECKSUM_AT = 0x3fc;

const DESCRIPTOR_CHECKSUM_AT = 0x1e;

const GENERATION_AT = 0x64;
const INODE_CHECKSUM_AT = 0x7c;
const OLD_INODE_BYTES = 128;
const EXTRA_BYTES_AT = 0x80;
const INODE_CHECKSUM_HIGH_AT = 0x82;
/** Extra fields that the upper half is one of. */
const LEAST_EXTRA_BYTES = 4;

/** A folder's block ends with what looks like an entry that is not in use: its length, no name, a type that there is not. */
const TAIL_BYTES = 12;
const TAIL_MARK = 0xde00000c;

/** An extent tree's block has its checksum behind the last entry that there could be. */
const MOST_ENTRIES_AT = 4;
const EXTENT_BYTES = 12;

/** A block of extended attributes has its number in its checksum. */
const ATTRIBUTES_CHECKSUM_AT = 0x10;

/** As many as the largest block has. */
const ZEROS = new Uint8Array(64 * 1024);
/** Fewer are not worth a look. */
const LEAST_ZEROS = 256;

/** What all checksums begin with; `isKept`: it is kept, so that the UUID can be another one. */
export function seedOf(superblock: Buffer, isKept: boolean): number {
  return isKept ? superblock.readUInt32LE(SEED_AT) : crc32c(FIRST_SEED, superblock, UUID_AT, UUID_AT + UUID_BYTES);
}

/** Whether a superblock is what its checksum says. */
export function isSuperblockRight(superblock: Buffer): boolean {
  return crc32c(FIRST_SEED, superblock, 0, SUPERBLOCK_CHECKSUM_AT) === superblock.readUInt32LE(SUPERBLOCK_CHECKSUM_AT);
}

/** @throws DamagedVolume where a group's descriptor is not what its checksum says. */
export function checkDescriptor(seed: number, group: number, descriptor: Buffer): void {
  const before = crc32c(crc32cOfNumber(seed, group), descriptor, 0, DESCRIPTOR_CHECKSUM_AT);
  const crc = crc32c(crc32c(before, ZEROS, 0, 2), descriptor, DESCRIPTOR_CHECKSUM_AT + 2);
  if ((crc & 0xffff) !== descriptor.readUInt16LE(DESCRIPTOR_CHECKSUM_AT))
    throw mismatch(`the descriptor of group ${group}`);
}

/** What the checksums of an inode's blocks begin with, and its own. */
export function inodeSeed(seed: number, number: number, inode: Buffer, at = 0): number {
  return crc32cOfNumber(crc32cOfNumber(seed, number), int32(inode, at + GENERATION_AT));
}

/** @throws DamagedVolume where the inode in `bytes` from `at` to before `end` is not what its checksum says. */
export function checkInode(seed: number, number: number, bytes: Buffer, at: number, end: number): void {
  const low = at + INODE_CHECKSUM_AT;
  const extra = at + EXTRA_BYTES_AT;
  const hasHigh = end - at > OLD_INODE_BYTES && uint16(bytes, extra) >= LEAST_EXTRA_BYTES;
  // both halves count as zero: the lower one begins a word, the upper one ends the next
  let crc = crc32c(inodeSeed(seed, number, bytes, at), bytes, at, low);
  crc = crc32cOfNumber(crc, int32(bytes, low) & ~0xffff);
  if (hasHigh) crc = crc32cOfNumber(crc, uint16(bytes, extra));
  crc = crc32c(crc, bytes, hasHigh ? extra + 4 : extra, end);
  const kept = uint16(bytes, low) + (hasHigh ? uint16(bytes, at + INODE_CHECKSUM_HIGH_AT) * 65_536 : 0);
  if ((hasHigh ? crc : crc & 0xffff) !== kept) throw mismatch(`inode ${number}`);
}

/**
 * To be asked of blocks of entries: what Linux makes a root of an index of keeps the mark of a block's tail.
 * @throws DamagedVolume where a folder's block is not what its checksum says.
 */
export function checkFolderBlock(inodeSeed: number, block: Buffer): void {
  const tail = block.length - TAIL_BYTES;
  const hasTail = uint32(block, tail) === 0 && uint32(block, tail + 4) === TAIL_MARK;
  if (!hasTail) return;
  const end = endOfContent(block, tail);
  const crc = crc32cOfZeros(crc32c(inodeSeed, block, 0, end), tail - end);
  if (crc !== uint32(block, tail + 8)) throw mismatch('a block of a folder');
}

/** Where nothing but zeros may follow until `tail`: most folders fill little of a block. */
function endOfContent(block: Buffer, tail: number): number {
  const end = lastEntryEnd(block, tail);
  return tail - end >= LEAST_ZEROS && block.compare(ZEROS, 0, tail - end, end, tail) === 0 ? end : tail;
}

/** @throws DamagedVolume where a block of an extent tree is not what its checksum says. */
export function checkExtentBlock(inodeSeed: number, block: Buffer): void {
  const tail = (block.readUInt16LE(MOST_ENTRIES_AT) + 1) * EXTENT_BYTES;
  const isRight = tail + 4 <= block.length && crc32c(inodeSeed, block, 0, tail) === block.readUInt32LE(tail);
  if (!isRight) throw mismatch('a block of an extent tree');
}

/** @throws DamagedVolume where a block of extended attributes is not what its checksum says. */
export function checkAttributesBlock(seed: number, number: number, block: Buffer): void {
  const place = Buffer.alloc(8);
  place.writeBigUInt64LE(BigInt(number));
  const before = crc32c(crc32c(seed, place), block, 0, ATTRIBUTES_CHECKSUM_AT);
  const crc = crc32c(crc32c(before, ZEROS, 0, 4), block, ATTRIBUTES_CHECKSUM_AT + 4);
  if (crc !== block.readUInt32LE(ATTRIBUTES_CHECKSUM_AT)) throw mismatch('a block of extended attributes');
}

function mismatch(what: string): DamagedVolume {
  return new DamagedVolume(`${what} doesn't match its checksum`);
}
