import { DamagedVolume, damagedName } from '../damaged-volume.ts';
import { fileName } from '../file-name.ts';

/** Linux, Documentation/filesystems/ext4/directory.rst: inode, length of the entry, length of the name, type, name. */
const LENGTH_AT = 4;
const NAME_BYTES_AT = 6;
const HEADER_BYTES = 8;
const SLASH = '/'.charCodeAt(0);
const DOT = '.'.charCodeAt(0);
const LAST_ASCII = 0x7f;

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
    const inode = block.readUInt32LE(at);
    const length = entryLength(block.readUInt16LE(at + LENGTH_AT), block.length);
    const nameBytes = hasFileTypes ? block.readUInt8(at + NAME_BYTES_AT) : block.readUInt16LE(at + NAME_BYTES_AT);
    const isRight = length >= HEADER_BYTES && length % 4 === 0 && at + length <= block.length;
    if (!isRight || (inode !== 0 && HEADER_BYTES + nameBytes > length))
      throw new DamagedVolume('a folder has a damaged entry');
    const start = at + HEADER_BYTES;
    at += length;
    if (inode === 0 || isDots(block, start, nameBytes)) continue;
    yield entryOf(nameIn(block, start, start + nameBytes), inode);
  }
}

/** Most names are ASCII, which needs no further look. */
function nameIn(block: Buffer, start: number, end: number): string {
  let isAscii = true;
  for (let at = start; at < end; at++) {
    const byte = block[at] ?? 0;
    if (byte === 0 || byte === SLASH) throw damagedName();
    if (byte > LAST_ASCII) isAscii = false;
  }
  if (start === end) throw damagedName();
  return isAscii ? block.toString('latin1', start, end) : fileName(block.subarray(start, end));
}

/** 16 bits are too few for an entry that takes a block of 64 KiB. */
function entryLength(length: number, blockBytes: number): number {
  return blockBytes === 65_536 && (length === 0 || length === 65_535) ? blockBytes : length;
}

function isDots(block: Buffer, start: number, bytes: number): boolean {
  return block[start] === DOT && (bytes === 1 || (bytes === 2 && block[start + 1] === DOT));
}
