import { blockCount, blockSize } from '../ext-superblock.ts';
import { isSuperblockRight, seedOf } from './checksums.ts';

/** Where an ext2, ext3 or ext4 file system has its parts. */
export interface ExtLayout {
  readonly blockBytes: number;
  /** What is allocated at once: blocks of bigalloc are given out in clusters. */
  readonly clusterBytes: number;
  readonly blocks: number;
  readonly inodes: number;
  readonly inodesPerGroup: number;
  readonly inodeBytes: number;
  readonly blocksPerGroup: number;
  /** The first block of group 0. */
  readonly firstBlock: number;
  /** Whether numbers of blocks may have more than 32 bits. */
  readonly is64Bit: boolean;
  /** Bytes of a group's descriptor. */
  readonly descriptorBytes: number;
  /** The block of descriptors from which on each lies in the groups that it describes; infinite without meta_bg. */
  readonly firstMetaBlock: number;
  /** Which groups begin with a copy of the superblock. */
  readonly copies: SuperblockCopies;
  /** Whether folders' entries name the files' types: their names' lengths have one byte then. */
  readonly hasFileTypes: boolean;
  /** Whether values of extended attributes may lie in inodes of their own, whose blocks count as their file's. */
  readonly hasAttributeInodes: boolean;
  /** Whether sizes of folders have 64 bits. */
  readonly hasLargeFolders: boolean;
  /** It was not unmounted: what its journal holds is not in place yet. */
  readonly needsRecovery: boolean;
  /** What the checksums begin with, where there are some. */
  readonly checksumSeed: number | undefined;
}

export type SuperblockCopies =
  | { readonly kind: 'all' }
  /** Groups 0 and 1, and powers of 3, 5 and 7. */
  | { readonly kind: 'sparse' }
  /** Group 0 and these. */
  | { readonly kind: 'listed'; readonly groups: readonly number[] };

/** Why a file system is not read. */
export type ExtRefusal =
  | { readonly kind: 'unsupported'; readonly feature: string }
  | { readonly kind: 'damaged'; readonly reason: string };

/** Linux, Documentation/filesystems/ext4/super.rst. All numbers are little-endian. */
const INODES_AT = 0x00;
const FIRST_BLOCK_AT = 0x14;
const LOG_CLUSTER_SIZE_AT = 0x1c;
const BLOCKS_PER_GROUP_AT = 0x20;
const INODES_PER_GROUP_AT = 0x28;
const REVISION_AT = 0x4c;
const INODE_BYTES_AT = 0x58;
const COMPAT_AT = 0x5c;
const INCOMPAT_AT = 0x60;
const RO_COMPAT_AT = 0x64;
const DESCRIPTOR_BYTES_AT = 0xfe;
const FIRST_META_BLOCK_AT = 0x104;
const COPIES_AT = 0x24c;

const COMPAT_SPARSE_SUPER2 = 0x200;
const RO_COMPAT_SPARSE_SUPER = 0x1;
const RO_COMPAT_BIGALLOC = 0x200;
const RO_COMPAT_METADATA_CSUM = 0x400;
const INCOMPAT_FILETYPE = 0x2;
const INCOMPAT_RECOVER = 0x4;
const INCOMPAT_META_BG = 0x10;
const INCOMPAT_64BIT = 0x80;
const INCOMPAT_EA_INODE = 0x400;
const INCOMPAT_CSUM_SEED = 0x2000;
const INCOMPAT_LARGEDIR = 0x4000;

/**
 * Incompatible features that reading takes into account, or need not: extents, mmp, flex_bg, ea_inode, csum_seed, encrypt (inodes
 * say whether they are), casefold, …
 */
const READABLE = INCOMPAT_FILETYPE | INCOMPAT_RECOVER | INCOMPAT_META_BG | INCOMPAT_64BIT | INCOMPAT_LARGEDIR | 0x3a740;

const UNREADABLE: readonly (readonly [number, string])[] = [
  [0x1, 'compression'],
  [0x8, 'journal_dev'],
  [0x1000, 'dirdata'],
];

/** Revision 0 knows no features, and inodes of one size. */
const OLD_INODE_BYTES = 128;
const OLD_DESCRIPTOR_BYTES = 32;
const WIDE_DESCRIPTOR_BYTES = 64;
/** fs/ext4/ext4.h, EXT4_MAX_CLUSTER_LOG_SIZE: a gigabyte, from 1024 on. */
const LARGEST_LOG_CLUSTER_SIZE = 20;

/** Reads a superblock whose magic, block size and number of blocks are right. */
export function parseLayout(superblock: Buffer): ExtLayout | ExtRefusal {
  const isOld = superblock.readUInt32LE(REVISION_AT) === 0;
  const [compat, incompat, roCompat] = isOld
    ? [0, 0, 0]
    : [superblock.readUInt32LE(COMPAT_AT), superblock.readUInt32LE(INCOMPAT_AT), superblock.readUInt32LE(RO_COMPAT_AT)];
  const feature = unreadableFeature(incompat);
  if (feature !== undefined) return { kind: 'unsupported', feature };
  const hasChecksums = (roCompat & RO_COMPAT_METADATA_CSUM) !== 0;
  if (hasChecksums && !isSuperblockRight(superblock)) {
    return { kind: 'damaged', reason: "the superblock doesn't match its checksum" };
  }
  const is64Bit = (incompat & INCOMPAT_64BIT) !== 0;
  const layout: ExtLayout = {
    blockBytes: blockSize(superblock),
    clusterBytes: clusterSize(superblock, roCompat),
    blocks: blockCount(superblock),
    inodes: superblock.readUInt32LE(INODES_AT),
    inodesPerGroup: superblock.readUInt32LE(INODES_PER_GROUP_AT),
    inodeBytes: isOld ? OLD_INODE_BYTES : superblock.readUInt16LE(INODE_BYTES_AT),
    blocksPerGroup: superblock.readUInt32LE(BLOCKS_PER_GROUP_AT),
    firstBlock: superblock.readUInt32LE(FIRST_BLOCK_AT),
    is64Bit,
    descriptorBytes: is64Bit ? superblock.readUInt16LE(DESCRIPTOR_BYTES_AT) : OLD_DESCRIPTOR_BYTES,
    firstMetaBlock:
      (incompat & INCOMPAT_META_BG) === 0 ? Number.POSITIVE_INFINITY : superblock.readUInt32LE(FIRST_META_BLOCK_AT),
    copies: copiesOf(superblock, compat, roCompat),
    hasFileTypes: (incompat & INCOMPAT_FILETYPE) !== 0,
    hasAttributeInodes: (incompat & INCOMPAT_EA_INODE) !== 0,
    hasLargeFolders: (incompat & INCOMPAT_LARGEDIR) !== 0,
    needsRecovery: (incompat & INCOMPAT_RECOVER) !== 0,
    checksumSeed: hasChecksums ? seedOf(superblock, (incompat & INCOMPAT_CSUM_SEED) !== 0) : undefined,
  };
  const reason = layoutFault(layout);
  return reason === undefined ? layout : { kind: 'damaged', reason };
}

function unreadableFeature(incompat: number): string | undefined {
  const known = UNREADABLE.find(([bit]) => (incompat & bit) !== 0);
  if (known !== undefined) return known[1];
  const unknown = (incompat & ~READABLE) >>> 0;
  return unknown === 0 ? undefined : `incompat 0x${unknown.toString(16)}`;
}

function clusterSize(superblock: Buffer, roCompat: number): number {
  return (roCompat & RO_COMPAT_BIGALLOC) === 0
    ? blockSize(superblock)
    : 1024 * 2 ** superblock.readUInt32LE(LOG_CLUSTER_SIZE_AT);
}

function copiesOf(superblock: Buffer, compat: number, roCompat: number): SuperblockCopies {
  if ((compat & COMPAT_SPARSE_SUPER2) !== 0) {
    return { kind: 'listed', groups: [superblock.readUInt32LE(COPIES_AT), superblock.readUInt32LE(COPIES_AT + 4)] };
  }
  return { kind: (roCompat & RO_COMPAT_SPARSE_SUPER) === 0 ? 'all' : 'sparse' };
}

function layoutFault(layout: ExtLayout): string | undefined {
  const {
    blockBytes,
    clusterBytes,
    blocks,
    inodes,
    inodesPerGroup,
    inodeBytes,
    blocksPerGroup,
    firstBlock,
    descriptorBytes,
    is64Bit,
  } = layout;
  if (!isPowerOfTwo(inodeBytes) || inodeBytes < OLD_INODE_BYTES || inodeBytes > blockBytes) {
    return `its inodes can't have ${inodeBytes} bytes`;
  }
  const leastDescriptor = is64Bit ? WIDE_DESCRIPTOR_BYTES : OLD_DESCRIPTOR_BYTES;
  if (!isPowerOfTwo(descriptorBytes) || descriptorBytes < leastDescriptor || descriptorBytes > blockBytes) {
    return `its group descriptors can't have ${descriptorBytes} bytes`;
  }
  if (clusterBytes < blockBytes || clusterBytes > 1024 * 2 ** LARGEST_LOG_CLUSTER_SIZE) {
    return `its clusters can't have ${clusterBytes} bytes`;
  }
  // a group has a block of bits, one for each cluster
  if (blocksPerGroup === 0 || blocksPerGroup > clusterBytes * 8) return `a group can't have ${blocksPerGroup} blocks`;
  if (inodesPerGroup === 0 || inodesPerGroup > blockBytes * 8) return `a group can't have ${inodesPerGroup} inodes`;
  if (firstBlock !== (blockBytes === 1024 && clusterBytes === blockBytes ? 1 : 0))
    return `its first block can't be ${firstBlock}`;
  const groups = Math.ceil((blocks - firstBlock) / blocksPerGroup);
  return inodes > groups * inodesPerGroup ? `${groups} groups can't have ${inodes} inodes` : undefined;
}

function isPowerOfTwo(value: number): boolean {
  return value > 0 && (value & (value - 1)) === 0;
}
