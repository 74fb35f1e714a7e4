import { DamagedVolume, damagedName } from '../damaged-volume.ts';
import { fileName } from '../file-name.ts';

/** A name in a folder, and the inode that it stands for. */
export interface DirectoryEntry {
  readonly name: string;
  readonly inode: number;
}

/** Linux, Documentation/filesystems/ext4/directory.rst: inode, length of the entry, length of the name, type, name. */
const LENGTH_AT = 4;
const NAME_BYTES_AT = 6;
const HEADER_BYTES = 8;
const SLASH = '/'.charCodeAt(0);
const DOT = '.'.charCodeAt(0);

/**
 * The entries in a block of a folder, or in a part of one that is kept in its inode, without `.` and `..`. The nodes of
 * a hashed folder and checksums look like entries that are not in use.
 * @throws DamagedVolume
 */
export function* entriesIn(block: Buffer, hasFileTypes: boolean): Generator<DirectoryEntry> {
  for (let at = 0; at < block.length; ) {
    if (at + HEADER_BYTES > block.length) throw new DamagedVolume('a folder ends within an entry');
    const inode = block.readUInt32LE(at);
    const length = entryLength(block.readUInt16LE(at + LENGTH_AT), block.length);
    const nameBytes = hasFileTypes ? block.readUInt8(at + NAME_BYTES_AT) : block.readUInt16LE(at + NAME_BYTES_AT);
    const isRight = length >= HEADER_BYTES && length % 4 === 0 && at + length <= block.length;
    if (!isRight || (inode !== 0 && HEADER_BYTES + nameBytes > length))
      throw new DamagedVolume('a folder has a damaged entry');
    const name = block.subarray(at + HEADER_BYTES, at + HEADER_BYTES + nameBytes);
    at += length;
    if (inode === 0 || isDots(name)) continue;
    if (name.length === 0 || name.includes(0) || name.includes(SLASH)) throw damagedName();
    yield { name: fileName(name), inode };
  }
}

/** 16 bits are too few for an entry that takes a block of 64 KiB. */
function entryLength(length: number, blockBytes: number): number {
  return blockBytes === 65_536 && (length === 0 || length === 65_535) ? blockBytes : length;
}

function isDots(name: Buffer): boolean {
  return name[0] === DOT && (name.length === 1 || (name.length === 2 && name[1] === DOT));
}
