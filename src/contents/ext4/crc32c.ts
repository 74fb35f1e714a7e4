/** RFC 3720, appendix B.4: the polynomial of CRC-32C, with its bits in reverse. */
const POLYNOMIAL = 0x82f63b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ POLYNOMIAL;
  return crc;
});

/** What a chain of checksums begins with. */
export const FIRST_SEED = 0xffffffff;

/** The CRC-32C of `bytes` from `start` to before `end`, as ext4 chains it: not inverted at the end. */
export function crc32c(seed: number, bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  let crc = seed;
  for (let at = start; at < end; at++) crc = (crc >>> 8) ^ (TABLE[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
  return crc >>> 0;
}
