import type { Compression } from './compression.ts';

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
