import { attributesInInode, isContent } from './attributes.ts';
import { blockMap, tailOf } from './inode.ts';

/**
 * The parts of a content that is kept in its inode: in place of the map, and in an attribute (Linux,
 * Documentation/filesystems/ext4/inlinedata.rst).
 * @throws DamagedVolume
 */
export function inlineParts(inode: Buffer): readonly [Buffer, Buffer] {
  const tail = tailOf(inode);
  return [blockMap(inode), attributesInInode(tail).find(isContent)?.value ?? tail.subarray(0, 0)];
}
