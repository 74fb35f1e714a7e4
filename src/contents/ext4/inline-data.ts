import type { Inode } from './inode.ts';

/**
 * Linux, Documentation/filesystems/ext4/attributes.rst: the attributes within an inode begin with a magic, and each
 * with its name's length, its name's kind, where its value lies (from behind the magic), and the value's length.
 */
const MAGIC = 0xea020000;
const MAGIC_BYTES = 4;
const ENTRY_BYTES = 16;
const VALUE_AT = 2;
const VALUE_INODE_AT = 4;
const VALUE_BYTES_AT = 8;

/** `system.data`: the kind "system", and the rest of the name. */
const SYSTEM_KIND = 7;
const DATA_NAME = 'data';

/** The parts of a content that is kept in its inode: in place of the map, and in an attribute. */
export function inlineParts({ map, tail }: Inode): readonly [Buffer, Buffer] {
  return [map, dataAttribute(tail)];
}

function dataAttribute(tail: Buffer): Buffer {
  const none = tail.subarray(0, 0);
  if (tail.length < MAGIC_BYTES || tail.readUInt32LE(0) !== MAGIC) return none;
  const attributes = tail.subarray(MAGIC_BYTES);
  for (let at = 0; at + ENTRY_BYTES <= attributes.length; ) {
    const nameBytes = attributes.readUInt8(at);
    const kind = attributes.readUInt8(at + 1);
    if (nameBytes === 0 && kind === 0) return none;
    const name = attributes.toString('latin1', at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes);
    if (kind === SYSTEM_KIND && name === DATA_NAME && attributes.readUInt32LE(at + VALUE_INODE_AT) === 0) {
      const start = attributes.readUInt16LE(at + VALUE_AT);
      return attributes.subarray(start, start + attributes.readUInt32LE(at + VALUE_BYTES_AT));
    }
    at += ENTRY_BYTES + Math.ceil(nameBytes / 4) * 4;
  }
  return none;
}
