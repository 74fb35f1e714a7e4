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
const FOOTER_BYTES = 9;
/** Bit 7 clear: entries without checksums. All others are reserved or unused. */
const NO_CHECKSUMS = 0;

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
