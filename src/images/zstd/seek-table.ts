/** One frame of a zstd file. Sizes are bytes. */
export interface FrameSizes {
  readonly compressed: number;
  /** 0 for a frame without content. */
  readonly decompressed: number;
}

/** The magic number of the skippable frame (RFC 8878, section 3.1.2) that holds a seek table. */
const SKIPPABLE_MAGIC = 0x184d2a5e;
/** The last four bytes of a file that ends with a seek table. */
const SEEKABLE_MAGIC = 0x8f92eab1;
/** The magic number, and the number of bytes that follow. */
const HEADER_BYTES = 8;
/** The compressed and the decompressed size; a checksum would follow them. */
const ENTRY_BYTES = 8;
/** The number of frames, the descriptor, and the magic number. */
export const FOOTER_BYTES = 9;
/** Bit 7 clear: entries without checksums. All others are reserved or unused. */
const NO_CHECKSUMS = 0;
const HAS_CHECKSUMS = 0x80;
/** Must be clear: a table with one of these is of a later version. */
const RESERVED = 0x7c;
const CHECKSUM_BYTES = 4;

/**
 * The seek table that ends a seekable zstd file: with it a reader finds the frame that holds any byte of the content.
 * Every other decoder skips it. zstd, contrib/seekable_format/zstd_seekable_compression_format.md, version 0.1.0; all
 * numbers are little-endian, sizes below 4 GiB.
 */
export function encodeSeekTable(frames: readonly FrameSizes[]): Buffer {
  const table = Buffer.alloc(HEADER_BYTES + frames.length * ENTRY_BYTES + FOOTER_BYTES);
  let at = table.writeUInt32LE(SKIPPABLE_MAGIC, 0);
  at = table.writeUInt32LE(table.length - HEADER_BYTES, at);
  for (const { compressed, decompressed } of frames) {
    at = table.writeUInt32LE(compressed, at);
    at = table.writeUInt32LE(decompressed, at);
  }
  at = table.writeUInt32LE(frames.length, at);
  at = table.writeUInt8(NO_CHECKSUMS, at);
  table.writeUInt32LE(SEEKABLE_MAGIC, at);
  return table;
}

/** The bytes of a seek table, from its last ones (`FOOTER_BYTES`); undefined where a file that ends so has none. */
export function seekTableBytes(footer: Buffer): number | undefined {
  if (footer.length < FOOTER_BYTES || footer.readUInt32LE(5) !== SEEKABLE_MAGIC) return undefined;
  if ((footer.readUInt8(4) & RESERVED) !== 0) return undefined;
  return HEADER_BYTES + footer.readUInt32LE(0) * entryBytes(footer) + FOOTER_BYTES;
}

/** The frames that a seek table of the length `seekTableBytes` names, in the file's order; undefined where it is damaged. */
export function decodeSeekTable(table: Buffer): FrameSizes[] | undefined {
  const isFrame = table.readUInt32LE(0) === SKIPPABLE_MAGIC && table.readUInt32LE(4) === table.length - HEADER_BYTES;
  if (!isFrame) return undefined;
  const frames: FrameSizes[] = [];
  const step = entryBytes(table.subarray(-FOOTER_BYTES));
  for (let at = HEADER_BYTES; at < table.length - FOOTER_BYTES; at += step) {
    frames.push({ compressed: table.readUInt32LE(at), decompressed: table.readUInt32LE(at + 4) });
  }
  return frames;
}

function entryBytes(footer: Buffer): number {
  return ENTRY_BYTES + ((footer.readUInt8(4) & HAS_CHECKSUMS) === 0 ? 0 : CHECKSUM_BYTES);
}
