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

/** The bytes that files begin with: lz4 has two formats, of which Linux reads the first. */
const STARTS: readonly (readonly [Compression | 'gzip' | 'cpio', start: string])[] = [
  ['gzip', '\x1f\x8b\x08'],
  ['cpio', '070701'],
  ['cpio', '070702'],
  ['bzip2', 'BZh'],
  ['lz4', '\x02\x21\x4c\x18'],
  ['lz4', '\x04\x22\x4d\x18'],
  ['lzma', '\x5d\x00\x00'],
  ['lzo', '\x89LZO'],
  ['xz', '\xfd7zXZ\x00'],
  ['zstd', '\x28\xb5\x2f\xfd'],
];

/** As many bytes of a file as tell its format. */
export const START_BYTES = 6;

/** The format that bytes begin with, of those that an initramfs may have; undefined for any other. */
export function formatOf(bytes: Buffer): Compression | 'gzip' | 'cpio' | undefined {
  const start = bytes.toString('latin1', 0, START_BYTES);
  return STARTS.find(([, expected]) => start.startsWith(expected))?.[0];
}
