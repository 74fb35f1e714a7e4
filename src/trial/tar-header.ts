/** A tar comes in blocks (tar(5)): a header of one for each member, then its content, filled up to the next block. */
export const BLOCK_BYTES = 512;

/** Where a header has its fields: from, and length in bytes (POSIX, pax, "ustar Interchange Format"). */
const NAME = [0, 100] as const;
const SIZE = [124, 12] as const;
const CHECKSUM = [148, 8] as const;
const TYPE = [156, 1] as const;
const PREFIX = [345, 155] as const;

/** The first byte of a number that is too large for octal digits, and stands in binary (GNU tar). */
const BINARY = 0x80;

/** What the header of a tar's member says. */
export interface TarHeader {
  readonly name: string;
  /** Bytes of content. */
  readonly size: number;
  /** `0` or a zero byte is a file, `x` has what did not fit into the next header, `L` the next one's long name. */
  readonly type: string;
}

/** Reads a block: a header, the zeros that end a tar, or neither. */
export function parseTarHeader(block: Buffer): TarHeader | 'end' | 'not a tar' {
  if (block.every((byte) => byte === 0)) return 'end';
  if (octal(block, CHECKSUM) !== checksumOf(block)) return 'not a tar';
  const size = block[SIZE[0]] === BINARY ? block.readUIntBE(SIZE[0] + 6, 6) : octal(block, SIZE);
  if (!Number.isSafeInteger(size)) return 'not a tar';
  const prefix = block.toString('latin1', 257, 263) === 'ustar\0' ? text(block, PREFIX) : '';
  const name = text(block, NAME);
  return { name: prefix === '' ? name : `${prefix}/${name}`, size, type: text(block, TYPE) || '0' };
}

/** What an extended header says that counts in the place of the next header's own fields. */
export function parsePax(content: Buffer): { readonly name?: string; readonly size?: number } {
  const records = content.toString('utf8').matchAll(/^\d+ (path|size)=(.*)$/gm);
  const said = new Map(Array.from(records, ([, key = '', value = '']) => [key, value]));
  const [name, size] = [said.get('path'), said.get('size')];
  return { ...(name !== undefined && { name }), ...(size !== undefined && { size: Number(size) }) };
}

/** The sum of all bytes, those of the checksum itself taken for spaces. */
function checksumOf(block: Buffer): number {
  const [from, length] = CHECKSUM;
  return block.reduce((sum, byte, at) => sum + (at >= from && at < from + length ? 0x20 : byte), 0);
}

function text(block: Buffer, [from, length]: readonly [number, number]): string {
  const field = block.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end);
}

function octal(block: Buffer, field: readonly [number, number]): number {
  const digits = text(block, field).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}
