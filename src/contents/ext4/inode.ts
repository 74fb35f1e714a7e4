import { DamagedVolume } from '../damaged-volume.ts';
import { type FileStatus, splitMode } from '../file-node.ts';
import { checkInode } from './checksums.ts';
import type { ExtLayout } from './layout.ts';

/** An inode, parsed. */
export interface Inode {
  readonly status: FileStatus;
  /** 60 bytes: the map of its blocks, or what is kept in their place. */
  readonly map: Buffer;
  /** Where its content lies. */
  readonly storage: 'extents' | 'block map' | 'inline';
  /** What follows the fixed fields: extended attributes may lie there. */
  readonly tail: Buffer;
  /** The block of further ones; 0 where there is none. */
  readonly attributesBlock: number;
  /** What the checksums of its blocks begin with, where there are some. */
  readonly checksumSeed: number | undefined;
}

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
const FLAG_EXTENTS = 0x80000;
const FLAG_INLINE = 0x10000000;

const SECTOR_BYTES = 512;

/** No image has a file this large; reading a damaged size would give zeros for days. */
const LARGEST_FILE_BYTES = 1024 ** 4;

/** Parses an inode of `bytes` with that number. @throws DamagedVolume */
export function parseInode(bytes: Buffer, number: number, layout: ExtLayout): Inode {
  const { checksumSeed: seed } = layout;
  const checksumSeed = seed === undefined ? undefined : checkInode(seed, number, bytes);
  const type = splitMode(bytes.readUInt16LE(MODE_AT));
  if (type === undefined) throw new DamagedVolume(`inode ${number} is not in use`);
  const flags = bytes.readUInt32LE(FLAGS_AT);
  if ((flags & FLAG_ENCRYPTED) !== 0) throw new DamagedVolume(`inode ${number} is encrypted`);
  if ((flags & FLAG_COMPRESSED) !== 0 && type.type === 'file') throw new DamagedVolume(`inode ${number} is compressed`);
  const map = bytes.subarray(MAP_AT, MAP_AT + MAP_BYTES);
  const extraBytes = bytes.length > FIXED_BYTES ? bytes.readUInt16LE(EXTRA_BYTES_AT) : 0;
  const hasHigh = type.type === 'file' || (type.type === 'folder' && layout.hasLargeFolders);
  const size = bytes.readUInt32LE(SIZE_AT) + (hasHigh ? bytes.readUInt32LE(SIZE_HIGH_AT) * 2 ** 32 : 0);
  if (size > LARGEST_FILE_BYTES) throw new DamagedVolume(`inode ${number} can't have ${size} bytes`);
  const isDevice = type.type === 'character device' || type.type === 'block device';
  const status: FileStatus = {
    ...type,
    uid: bytes.readUInt16LE(UID_AT) + bytes.readUInt16LE(UID_HIGH_AT) * 65_536,
    gid: bytes.readUInt16LE(GID_AT) + bytes.readUInt16LE(GID_HIGH_AT) * 65_536,
    bytes: size,
    links: bytes.readUInt16LE(LINKS_AT),
    modifiedAt: modificationTime(bytes, extraBytes),
    ...(isDevice && { device: deviceOf(map) }),
    id: number,
  };
  const tail = bytes.subarray(Math.min(FIXED_BYTES + extraBytes, bytes.length));
  const isInline = (flags & FLAG_INLINE) !== 0 || (type.type === 'link' && isFastLink(bytes, layout));
  const storage = isInline ? 'inline' : (flags & FLAG_EXTENTS) !== 0 ? 'extents' : 'block map';
  return { status, map, storage, tail, attributesBlock: attributesBlock(bytes, layout), checksumSeed };
}

function attributesBlock(bytes: Buffer, { is64Bit }: ExtLayout): number {
  const high = is64Bit ? bytes.readUInt16LE(ATTRIBUTES_BLOCK_HIGH_AT) : 0;
  return high * 2 ** 32 + bytes.readUInt32LE(ATTRIBUTES_BLOCK_AT);
}

/** A short target is kept in place of the map: such a link has no blocks, but the one of its attributes. */
function isFastLink(bytes: Buffer, { blockBytes }: ExtLayout): boolean {
  const attributesBytes = bytes.readUInt32LE(ATTRIBUTES_BLOCK_AT) === 0 ? 0 : blockBytes;
  return bytes.readUInt32LE(SECTORS_AT) * SECTOR_BYTES === attributesBytes && bytes.readUInt32LE(SIZE_AT) <= MAP_BYTES;
}

/** The seconds are signed; two bits of an extra field carry them beyond 2038. */
function modificationTime(bytes: Buffer, extraBytes: number): number {
  const hasExtra = FIXED_BYTES + extraBytes >= MODIFIED_EXTRA_AT + 4;
  const epoch = hasExtra ? bytes.readUInt32LE(MODIFIED_EXTRA_AT) & 3 : 0;
  return bytes.readInt32LE(MODIFIED_AT) + epoch * 2 ** 32;
}

/** Linux, include/linux/kdev_t.h: old numbers have 8 bits each and come first, new ones have 12 and 20. */
function deviceOf(map: Buffer): { major: number; minor: number } {
  const old = map.readUInt32LE(0);
  if (old !== 0) return { major: (old >>> 8) & 0xff, minor: old & 0xff };
  const device = map.readUInt32LE(4);
  return { major: (device & 0xfff00) >>> 8, minor: (device & 0xff) | ((device >>> 12) & 0xfff00) };
}
