/** What Linux unpacks besides gzip, and mkbox does not use. */
export const COMPRESSIONS = ['bzip2', 'lz4', 'lzma', 'lzo', 'xz', 'zstd'] as const;

export type Compression = (typeof COMPRESSIONS)[number];

/** What of an initramfs is not unpacked, though a board's kernel may be able to: all of it, or what is behind a `board.conf`. */
export const COMPRESSION_FAULTS = [
  ...COMPRESSIONS.map((compression) => `compressed with ${compression}` as const),
  ...COMPRESSIONS.map((compression) => `partly compressed with ${compression}` as const),
] as const;

export type CompressionFault = (typeof COMPRESSION_FAULTS)[number];

export function isCompressionFault(fault: string): fault is CompressionFault {
  return COMPRESSION_FAULTS.some((known) => known === fault);
}
