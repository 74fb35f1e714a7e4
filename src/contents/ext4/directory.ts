import { DamagedVolume, damagedName } from '../damaged-volume.ts';
import { fileName } from '../file-name.ts';
import { uint16, uint32 } from '../little-endian.ts';

/** Linux, Documentation/filesystems/ext4/directory.rst: inode, length of the entry, length of the name, type, name. */
const LENGTH_AT = 4;
const NAME_BYTES_AT = 6;
const HEADER_BYTES = 8;
const SLASH = '/'.charCodeAt(0);
const DOT = '.'.charCodeAt(0);
const LAST_ASCII = 0x7f;
const BACKSLASH = '\\'.charCodeAt(0);

/**
 * What `entryOf` makes of the entries in a block of a folder, or in a part of one that is kept in its inode, without `.` and `..`. The nodes of
 * a hashed folder and checksums look like entries that are not in use.
 * @throws DamagedVolume
 */
export function* entriesIn<T>(
  block: Buffer,
  hasFileTypes: boolean,
  entryOf: (name: string, inode: number) => T,
): Generator<T> {
  for (let at = 0; at < block.length; ) {
    if (at + HEADER_BYTES > block.length) throw new DamagedVolume('a folder ends within an entry');
    const inode = uint32(block, at);
    const length = entryLength(uint16(block, at + LENGTH_AT), block.length);
    const nameBytes = hasFileTypes ? (block[at + NAME_BYTES_AT] ?? 0) : uint16(block, at + NAME_BYTES_AT);
    const isRight = length >= HEADER_BYTES && length % 4 === 0 && at + length <= block.length;
    if (!isRight || (inode !== 0 && HEADER_BYTES + nameBytes > length))
      throw new DamagedVolume('a folder has a damaged entry');
    const start = at + HEADER_BYTES;
    at += length;
    if (inode === 0 || isDots(block, start, nameBytes)) continue;
    yield entryOf(nameIn(block, start, start + nameBytes), inode);
  }
}

/** Whether a block of an indexed folder, other than its first, is a node of the index: an entry that is not in use takes all of it. */
export function isIndexNode(block: Buffer): boolean {
  return uint32(block, 0) === 0 && entryLength(uint16(block, LENGTH_AT), block.length) === block.length;
}

/** Where the name of the last entry before `end` ends, as far as the entries before it are no damaged ones. */
export function lastEntryEnd(block: Buffer, end: number): number {
  let last = 0;
  for (let at = 0, length = HEADER_BYTES; at < end && length >= HEADER_BYTES; at += length) {
    last = at;
    length = uint16(block, at + LENGTH_AT);
  }
  return Math.min(end, last + HEADER_BYTES + (block[last + NAME_BYTES_AT] ?? 0));
}

/** Most names are ASCII without a backslash, which needs no further look. */
function nameIn(block: Buffer, start: number, end: number): string {
  let isPlain = true;
  for (let at = start; at < end; at++) {
    const byte = block[at] ?? 0;
    if (byte === 0 || byte === SLASH) throw damagedName();
    if (byte > LAST_ASCII || byte === BACKSLASH) isPlain = false;
  }
  if (start === end) throw damagedName();
  return isPlain ? block.toString('latin1', start, end) : fileName(block.subarray(start, end));
}

/** 16 bits are too few for an entry that takes a block of 64 KiB. */
function entryLength(length: number, blockBytes: number): number {
  return blockBytes === 65_536 && (length === 0 || length === 65_535) ? blockBytes : length;
}

function isDots(block: Buffer, start: number, bytes: number): boolean {
  return block[start] === DOT && (bytes === 1 || (bytes === 2 && block[start + 1] === DOT));
}
