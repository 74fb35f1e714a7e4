import type { ExtLayout, SuperblockCopies } from './layout.ts';

/** Linux, Documentation/filesystems/ext4/group_descr.rst: where a descriptor has the block of its inode table. */
const INODE_TABLE_AT = 0x08;
const INODE_TABLE_HIGH_AT = 0x28;
/** Descriptors of this size or more have upper halves. */
const WIDE_BYTES = 64;

/** The superblock's byte in group 0, whose first block may be before it. */
const SUPERBLOCK_AT = 1024;

/** The byte of the file system at which the descriptor of `group` lies. */
export function descriptorPosition(layout: ExtLayout, group: number): number {
  const { blockBytes, descriptorBytes, firstBlock, firstMetaBlock, blocksPerGroup, copies } = layout;
  const perBlock = blockBytes / descriptorBytes;
  const index = Math.floor(group / perBlock);
  const within = (group % perBlock) * descriptorBytes;
  if (index === 0 || index < firstMetaBlock) {
    return (Math.floor(SUPERBLOCK_AT / blockBytes) + 1 + index) * blockBytes + within;
  }
  const firstGroup = index * perBlock;
  const block = firstBlock + firstGroup * blocksPerGroup + (hasCopy(copies, firstGroup) ? 1 : 0);
  return block * blockBytes + within;
}

/** The block at which the inode table of a group begins. */
export function inodeTableBlock(descriptor: Buffer): number {
  const high = descriptor.length >= WIDE_BYTES ? descriptor.readUInt32LE(INODE_TABLE_HIGH_AT) : 0;
  return high * 2 ** 32 + descriptor.readUInt32LE(INODE_TABLE_AT);
}

function hasCopy(copies: SuperblockCopies, group: number): boolean {
  switch (copies.kind) {
    case 'all':
      return true;
    case 'sparse':
      return group <= 1 || [3, 5, 7].some((base) => isPowerOf(base, group));
    case 'listed':
      return group === 0 || copies.groups.includes(group);
  }
}

function isPowerOf(base: number, value: number): boolean {
  let power = base;
  while (power < value) power *= base;
  return power === value;
}
