import { DamagedVolume } from '../damaged-volume.ts';
import { crc32c, crc32cOfNumber, FIRST_SEED } from './crc32c.ts';

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

const ZEROS = new Uint8Array(2);

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
  const crc = crc32c(crc32c(before, ZEROS), descriptor, DESCRIPTOR_CHECKSUM_AT + 2);
  if ((crc & 0xffff) !== descriptor.readUInt16LE(DESCRIPTOR_CHECKSUM_AT))
    throw mismatch(`the descriptor of group ${group}`);
}

/**
 * What the checksums of an inode's blocks begin with.
 * @throws DamagedVolume where the inode is not what its checksum says.
 */
export function checkInode(seed: number, number: number, inode: Buffer): number {
  const own = crc32cOfNumber(crc32cOfNumber(seed, number), inode.readUInt32LE(GENERATION_AT));
  let crc = crc32c(crc32c(own, inode, 0, INODE_CHECKSUM_AT), ZEROS);
  const low = INODE_CHECKSUM_AT + 2;
  const hasHigh = inode.length > OLD_INODE_BYTES && inode.readUInt16LE(EXTRA_BYTES_AT) >= LEAST_EXTRA_BYTES;
  if (hasHigh) {
    crc = crc32c(crc32c(crc, inode, low, INODE_CHECKSUM_HIGH_AT), ZEROS);
    crc = crc32c(crc, inode, INODE_CHECKSUM_HIGH_AT + 2);
  } else {
    crc = crc32c(crc, inode, low) & 0xffff;
  }
  const high = hasHigh ? inode.readUInt16LE(INODE_CHECKSUM_HIGH_AT) : 0;
  if (crc !== high * 65_536 + inode.readUInt16LE(INODE_CHECKSUM_AT)) throw mismatch(`inode ${number}`);
  return own;
}

/** @throws DamagedVolume where a folder's block is not what its checksum says. Nodes of a hashed folder are not looked at. */
export function checkFolderBlock(inodeSeed: number, block: Buffer): void {
  const tail = block.length - TAIL_BYTES;
  const hasTail = block.readUInt32LE(tail) === 0 && block.readUInt32LE(tail + 4) === TAIL_MARK;
  if (hasTail && crc32c(inodeSeed, block, 0, tail) !== block.readUInt32LE(tail + 8))
    throw mismatch('a block of a folder');
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
  const crc = crc32c(crc32c(crc32c(before, ZEROS), ZEROS), block, ATTRIBUTES_CHECKSUM_AT + 4);
  if (crc !== block.readUInt32LE(ATTRIBUTES_CHECKSUM_AT)) throw mismatch('a block of extended attributes');
}

function mismatch(what: string): DamagedVolume {
  return new DamagedVolume(`${what} doesn't match its checksum`);
}
