/** cpio(5), "New ASCII Format": a magic of 6 characters and 13 fields of 8 hexadecimal digits. */
export const HEADER_BYTES = 110;
const MAGICS = ['070701', '070702'];
export const MAGIC_BYTES = 6;
const FIELD_DIGITS = 8;

/** The fields, in their order. */
const FIELDS = [
  'inode',
  'mode',
  'uid',
  'gid',
  'links',
  'modifiedAt',
  'bytes',
  'major',
  'minor',
  'deviceMajor',
  'deviceMinor',
  'nameBytes',
  'check',
] as const;

export type NewcField = (typeof FIELDS)[number];

/** The name of the member that ends an archive. */
export const LAST_NAME = 'TRAILER!!!';

/** A name longer than any path that Linux takes (PATH_MAX): the archive is damaged. */
export const LONGEST_NAME_BYTES = 4096;

/** An initramfs has some thousand members; each costs a few µs. */
export const MOST_MEMBERS = 250_000;

/** Whether a member's header begins with the format's magic. */
export function isHeader(header: Buffer): boolean {
  return MAGICS.includes(header.toString('latin1', 0, MAGIC_BYTES));
}

/** cpio(5), "Old Binary Format" in both orders of bytes, and "Portable ASCII Format": `cpio -o` makes the first unless it is told otherwise. */
const OTHER_MAGICS = ['\xc7\x71', '\x71\xc7', '070707'];

/** Whether it is the first header of a cpio archive that Linux does not unpack. */
export function isOtherCpio(header: Buffer): boolean {
  const start = header.toString('latin1', 0, MAGIC_BYTES);
  return OTHER_MAGICS.some((magic) => start.startsWith(magic));
}

/** A field of a header; NaN for what are no eight hexadecimal digits. */
export function newcNumber(header: Buffer, field: NewcField): number {
  const start = MAGIC_BYTES + FIELDS.indexOf(field) * FIELD_DIGITS;
  const digits = header.toString('latin1', start, start + FIELD_DIGITS);
  return /^[0-9a-f]{8}$/i.test(digits) ? Number.parseInt(digits, 16) : Number.NaN;
}

/** Whether all fields of a header are numbers. */
export function hasAllNumbers(header: Buffer): boolean {
  return FIELDS.every((field) => !Number.isNaN(newcNumber(header, field)));
}

/** Headers begin at a multiple of so many bytes. */
export const ALIGNMENT = 4;

/** Names and contents end on such a multiple. */
export function padded(position: number): number {
  return Math.ceil(position / ALIGNMENT) * ALIGNMENT;
}
