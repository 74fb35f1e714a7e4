import { DamagedVolume } from '../damaged-volume.ts';
import { fileName } from '../file-name.ts';
import { systemAcl } from './acl.ts';

/**
 * Linux, Documentation/filesystems/ext4/attributes.rst: attributes lie behind the fixed fields of an inode, and in a block
 * of their own. Each has its name's length, its name's kind, where its value lies, an inode that has the value instead,
 * and the value's length. All numbers are little-endian.
 */
const MAGIC = 0xea020000;
const MAGIC_BYTES = 4;
const ENTRY_BYTES = 16;
const KIND_AT = 1;
const VALUE_AT = 2;
const VALUE_INODE_AT = 4;
const VALUE_BYTES_AT = 8;

const BLOCK_HEADER_BYTES = 32;

/** What names begin with, by their kind; those of access control lists are whole. */
const PREFIXES: Readonly<Record<number, string>> = {
  0: '',
  1: 'user.',
  2: 'system.posix_acl_access',
  3: 'system.posix_acl_default',
  4: 'trusted.',
  6: 'security.',
  7: 'system.',
  8: 'system.richacl',
};
const ACL_KINDS = [2, 3];

/** `system.data`: what an inode has of its file's content. Linux does not show it. */
const SYSTEM_KIND = 7;
const DATA_NAME = 'data';

/** An attribute as it is kept. */
export interface StoredAttribute {
  readonly kind: number;
  /** Without what its kind stands for. */
  readonly name: string;
  readonly bytes: number;
  /** Undefined where an inode of its own has it, which takes the feature `ea_inode`. */
  readonly value: Buffer | undefined;
}

/** The attributes in `tail`, what follows an inode's fixed fields. @throws DamagedVolume */
export function attributesInInode(tail: Buffer): StoredAttribute[] {
  if (tail.length < MAGIC_BYTES || tail.readUInt32LE(0) !== MAGIC) return [];
  const attributes = tail.subarray(MAGIC_BYTES);
  return attributesIn(attributes, attributes);
}

/** The attributes in a block of them. @throws DamagedVolume */
export function attributesInBlock(block: Buffer): StoredAttribute[] {
  if (block.readUInt32LE(0) !== MAGIC) throw damagedAttribute();
  return attributesIn(block.subarray(BLOCK_HEADER_BYTES), block);
}

/** Whether it is a part of the file's content. */
export function isContent({ kind, name }: StoredAttribute): boolean {
  return kind === SYSTEM_KIND && name === DATA_NAME;
}

/** Name and value as Linux shows them: getfattr(1). A kind that there is not is named by its number. */
export function shownAttribute({ kind, name, bytes, value }: StoredAttribute) {
  const shown = ACL_KINDS.includes(kind) && value !== undefined ? systemAcl(value) : value;
  return { name: `${PREFIXES[kind] ?? `${kind}.`}${name}`, bytes: shown?.length ?? bytes, value: shown };
}

/** `values`: what the places of values count from. */
function attributesIn(entries: Buffer, values: Buffer): StoredAttribute[] {
  const found: StoredAttribute[] = [];
  for (let at = 0; at + 4 <= entries.length && entries.readUInt32LE(at) !== 0; ) {
    if (at + ENTRY_BYTES > entries.length) throw damagedAttribute();
    const nameEnd = at + ENTRY_BYTES + entries.readUInt8(at);
    const start = entries.readUInt16LE(at + VALUE_AT);
    const bytes = entries.readUInt32LE(at + VALUE_BYTES_AT);
    const isElsewhere = entries.readUInt32LE(at + VALUE_INODE_AT) !== 0;
    if (nameEnd > entries.length || (!isElsewhere && start + bytes > values.length)) throw damagedAttribute();
    found.push({
      kind: entries.readUInt8(at + KIND_AT),
      name: fileName(entries.subarray(at + ENTRY_BYTES, nameEnd)),
      bytes,
      value: isElsewhere ? undefined : values.subarray(start, start + bytes),
    });
    at += ENTRY_BYTES + Math.ceil((nameEnd - at - ENTRY_BYTES) / 4) * 4;
  }
  return found;
}

function damagedAttribute(): DamagedVolume {
  return new DamagedVolume('a file has a damaged extended attribute');
}
