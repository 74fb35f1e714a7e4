import { DamagedVolume } from '../damaged-volume.ts';
import { type FileStatus, type FileType, fileType, permissions } from '../file-node.ts';
import { int32, uint16, uint32 } from '../little-endian.ts';
import { checkInode } from './checksums.ts';
import type { ExtLayout } from './layout.ts';

/** Linux, Documentation/filesystems/ext4/inodes.rst. All numbers are little-endian. */
const MODE_AT = 0x00;
const UID_AT = 0x02;
const SIZE_AT = 0x04;
const MODIFIED_AT = 0x10;
const GID_AT = 0x18;
const LINKS_AT = 0x1a;
const SECTORS_AT = 0x1c;
const FLAGS_AT = 0x20;
const MAP_AT = 0x28;
const ATTRIBUTES_BLOCK_AT = 0x68;
const SIZE_HIGH_AT = 0x6c;
const ATTRIBUTES_BLOCK_HIGH_AT = 0x76;
const UID_HIGH_AT = 0x78;
const GID_HIGH_AT = 0x7a;
const EXTRA_BYTES_AT = 0x80;
const MODIFIED_EXTRA_AT = 0x88;

const MAP_BYTES = 60;
const FIXED_BYTES = 128;

const FLAG_COMPRESSED = 0x4;
const FLAG_ENCRYPTED = 0x800;
const FLAG_INDEXED = 0x1000;
const FLAG_EXTENTS = 0x80000;
const FLAG_INLINE = 0x10000000;

const SECTOR_BYTES = 512;

/** No image has a file this large; reading a damaged size would give zeros for days. */
const LARGEST_FILE_BYTES = 1024 ** 4;

/** The status in the inode of that number, which lies in `bytes` from `at` on. @throws DamagedVolume */
export function parseStatus(bytes: Buffer, at: number, number: number, layout: ExtLayout): FileStatus {
  if (layout.checksumSeed !== undefined) checkInode(layout.checksumSeed, number, bytes, at, at + layout.inodeBytes);
  const format = uint16(bytes, at + MODE_AT);
  const type = fileType(format);
  if (type === undefined) throw new DamagedVolume(`inode ${number} is not in use`);
  const flags = uint32(bytes, at + FLAGS_AT);
  if ((flags & FLAG_ENCRYPTED) !== 0) throw new DamagedVolume(`inode ${number} is encrypted`);
  if ((flags & FLAG_COMPRESSED) !== 0 && type === 'file') throw new DamagedVolume(`inode ${number} is compressed`);
  const hasHigh = type === 'file' || (type === 'folder' && layout.hasLargeFolders);
  const size = uint32(bytes, at + SIZE_AT) + (hasHigh ? uint32(bytes, at + SIZE_HIGH_AT) * 2 ** 32 : 0);
  if (size > LARGEST_FILE_BYTES) throw new DamagedVolume(`inode ${number} can't have ${size} bytes`);
  const status: FileStatus = {
    type,
    mode: permissions(format),
    uid: uint16(bytes, at + UID_AT) + uint16(bytes, at + UID_HIGH_AT) * 65_536,
    gid: uint16(bytes, at + GID_AT) + uint16(bytes, at + GID_HIGH_AT) * 65_536,
    bytes: size,
    links: uint16(bytes, at + LINKS_AT),
    modifiedAt: modificationTime(bytes, at, layout),
    id: number,
  };
  const isDevice = type === 'character device' || type === 'block device';
  return isDevice ? { ...status, device: deviceOf(blockMap(bytes.subarray(at))) } : status;
}

/** 60 bytes: the map of its blocks, or what is kept in their place. */
export function blockMap(inode: Buffer): Buffer {
  return inode.subarray(MAP_AT, MAP_AT + MAP_BYTES);
}

/** What follows the fixed fields: extended attributes may lie there. */
export function tailOf(inode: Buffer): Buffer {
  const extraBytes = inode.length > FIXED_BYTES ? uint16(inode, EXTRA_BYTES_AT) : 0;
  return inode.subarray(Math.min(FIXED_BYTES + extraBytes, inode.length));
}

/** Whether a folder has an index: its first block is the index's root. */
export function isIndexed(inode: Buffer): boolean {
  return (uint32(inode, FLAGS_AT) & FLAG_INDEXED) !== 0;
}

/** Where the content of a file of that type lies. */
export function storageOf(inode: Buffer, type: FileType, layout: ExtLayout): 'extents' | 'block map' | 'inline' {
  const flags = uint32(inode, FLAGS_AT);
  if ((flags & FLAG_INLINE) !== 0 || (type === 'link' && isFastLink(inode, layout))) return 'inline';
  return (flags & FLAG_EXTENTS) !== 0 ? 'extents' : 'block map';
}

/** The block of extended attributes; 0 where there is none. */
export function attributesBlock(inode: Buffer, { is64Bit }: ExtLayout): number {
  const high = is64Bit ? uint16(inode, ATTRIBUTES_BLOCK_HIGH_AT) : 0;
  return high * 2 ** 32 + uint32(inode, ATTRIBUTES_BLOCK_AT);
}

/**
 * A short target is kept in place of the map: such a link has no blocks, but those of its attributes. Old file systems may keep
 * one in a block; where blocks do not tell, it is kept so wherever it and a zero fit (Linux, ext4_inode_is_fast_symlink).
 */
function isFastLink(bytes: Buffer, { clusterBytes, hasAttributeInodes }: ExtLayout): boolean {
  if (hasAttributeInodes) return uint32(bytes, SIZE_AT) < MAP_BYTES;
  const attributesBytes = uint32(bytes, ATTRIBUTES_BLOCK_AT) === 0 ? 0 : clusterBytes;
  return uint32(bytes, SECTORS_AT) * SECTOR_BYTES === attributesBytes && uint32(bytes, SIZE_AT) <= MAP_BYTES;
}

/** The seconds are signed; two bits of an extra field carry them beyond 2038. */
function modificationTime(bytes: Buffer, at: number, { inodeBytes }: ExtLayout): number {
  const extraBytes = inodeBytes > FIXED_BYTES ? uint16(bytes, at + EXTRA_BYTES_AT) : 0;
  const hasExtra = FIXED_BYTES + extraBytes >= MODIFIED_EXTRA_AT + 4;
  const epoch = hasExtra ? uint32(bytes, at + MODIFIED_EXTRA_AT) & 3 : 0;
  return int32(bytes, at + MODIFIED_AT) + epoch * 2 ** 32;
}

/** Linux, include/linux/kdev_t.h: old numbers have 8 bits each and come first, new ones have 12 and 20. */
function deviceOf(map: Buffer): { major: number; minor: number } {
  const old = uint32(map, 0);
  if (old !== 0) return { major: (old >>> 8) & 0xff, minor: old & 0xff };
  const device = uint32(map, 4);
  return { major: (device & 0xfff00) >>> 8, minor: (device & 0xff) | ((device >>> 12) & 0xfff00) };
}
