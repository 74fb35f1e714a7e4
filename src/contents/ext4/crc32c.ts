/** RFC 3720, appendix B.4: the polynomial of CRC-32C, with its bits in reverse. */
const POLYNOMIAL = 0x82f63b78;
/** Bytes taken in one step: "slicing by 8", which has a table for each of their places. */
const STEP_BYTES = 8;
const BYTES = 256;

/** The table of a byte that `n` more bytes of the step follow begins at `n * BYTES`. Signed: no number leaves 32 bits. */
const TABLES = makeTables();

/** What 2^n zeros make of each bit of a checksum begins at `n * CRC_BITS`, for n from 0 to 15. */
const CRC_BITS = 32;
const POWERS = 16;
const ZEROS = makeZeros();

/** What a chain of checksums begins with. */
export const FIRST_SEED = 0xffffffff;

/** The CRC-32C of `bytes` from `start` to before `end`, as ext4 chains it: not inverted at the end. */
export function crc32c(seed: number, bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  const tables = TABLES;
  let crc = seed | 0;
  let at = start;
  // without calls: most of a walk is over before the compiler would have made one piece of them
  for (; at + STEP_BYTES <= end; at += STEP_BYTES) {
    crc ^= (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
    crc =
      (tables[7 * BYTES + (crc & 0xff)] ?? 0) ^
      (tables[6 * BYTES + ((crc >>> 8) & 0xff)] ?? 0) ^
      (tables[5 * BYTES + ((crc >>> 16) & 0xff)] ?? 0) ^
      (tables[4 * BYTES + (crc >>> 24)] ?? 0) ^
      (tables[3 * BYTES + (bytes[at + 4] ?? 0)] ?? 0) ^
      (tables[2 * BYTES + (bytes[at + 5] ?? 0)] ?? 0) ^
      (tables[BYTES + (bytes[at + 6] ?? 0)] ?? 0) ^
      (tables[bytes[at + 7] ?? 0] ?? 0);
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ entry(0, crc ^ (bytes[at] ?? 0));
  return crc >>> 0;
}

/** As `crc32c` over the four bytes of a little-endian number. */
export function crc32cOfNumber(seed: number, value: number): number {
  const word = seed ^ value;
  return (entry(3, word) ^ entry(2, word >>> 8) ^ entry(1, word >>> 16) ^ entry(0, word >>> 24)) >>> 0;
}

/** As `crc32c` over `count` bytes that are zero, fewer than 65,536: it takes as long for few as for many. */
export function crc32cOfZeros(seed: number, count: number): number {
  let crc = seed | 0;
  for (let power = 0, left = count; left > 0; power++, left >>>= 1) {
    if ((left & 1) === 1) crc = afterZeros(ZEROS, power, crc);
  }
  return crc >>> 0;
}

/** What 2^power zeros make of a checksum: the sum, without carry, of what they make of its bits. */
function afterZeros(zeros: Int32Array, power: number, crc: number): number {
  let sum = 0;
  for (let at = power * CRC_BITS, left = crc; left !== 0; at++, left >>>= 1) sum ^= (zeros[at] ?? 0) & -(left & 1);
  return sum;
}

function entry(table: number, byte: number): number {
  return TABLES[table * BYTES + (byte & 0xff)] ?? 0;
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

function makeZeros(): Int32Array {
  const zeros = new Int32Array(POWERS * CRC_BITS);
  for (let bit = 0; bit < CRC_BITS; bit++) zeros[bit] = crc32c(1 << bit, new Uint8Array(1));
  for (let power = 1; power < POWERS; power++) {
    for (let bit = 0; bit < CRC_BITS; bit++) {
      const half = zeros[(power - 1) * CRC_BITS + bit] ?? 0;
      zeros[power * CRC_BITS + bit] = afterZeros(zeros, power - 1, half);
    }
  }
  return zeros;
}
