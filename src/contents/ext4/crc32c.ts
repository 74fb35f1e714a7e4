/** RFC 3720, appendix B.4: the polynomial of CRC-32C, with its bits in reverse. */
const POLYNOMIAL = 0x82f63b78;
/** Bytes taken in one step: "slicing by 8", which has a table for each of their places. */
const STEP_BYTES = 8;
const BYTES = 256;

/** The table of a byte that `n` more bytes of the step follow begins at `n * BYTES`. Signed: no number leaves 32 bits. */
const TABLES = makeTables();

/** What a chain of checksums begins with. */
export const FIRST_SEED = 0xffffffff;

/** The CRC-32C of `bytes` from `start` to before `end`, as ext4 chains it: not inverted at the end. */
export function crc32c(seed: number, bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  let crc = seed | 0;
  let at = start;
  for (; at + STEP_BYTES <= end; at += STEP_BYTES) {
    const first = crc ^ word(bytes, at);
    const second = word(bytes, at + 4);
    crc = entry(7, first) ^ entry(6, first >>> 8) ^ entry(5, first >>> 16) ^ entry(4, first >>> 24);
    crc ^= entry(3, second) ^ entry(2, second >>> 8) ^ entry(1, second >>> 16) ^ entry(0, second >>> 24);
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ entry(0, crc ^ (bytes[at] ?? 0));
  return crc >>> 0;
}

/** As `crc32c` over the four bytes of a little-endian number. */
export function crc32cOfNumber(seed: number, value: number): number {
  const word = seed ^ value;
  return (entry(3, word) ^ entry(2, word >>> 8) ^ entry(1, word >>> 16) ^ entry(0, word >>> 24)) >>> 0;
}

function entry(table: number, byte: number): number {
  return TABLES[table * BYTES + (byte & 0xff)] ?? 0;
}

/** Four bytes as a little-endian number. */
function word(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
  return low | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
}

function makeTables(): Int32Array {
  const tables = new Int32Array(STEP_BYTES * BYTES);
  for (let at = 0; at < tables.length; at++) {
    // a further byte is one of zeros
    let crc = at < BYTES ? at : (tables[at - BYTES] ?? 0);
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ POLYNOMIAL;
    tables[at] = crc;
  }
  return tables;
}
