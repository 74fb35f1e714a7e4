import type { Suffix } from './build.ts';
import {
  type Expected,
  FLASHED_FIRST,
  IS_UTF_16,
  NO_BUILD_ID,
  NO_CHECKSUM,
  OTHER_BUILD_ID,
  OTHER_DIGEST,
  OTHER_FORM,
  type Row,
  wrong,
} from './row.ts';

/** What disks, wires and full file systems do to a file. */
const FAULTS = {
  'a bit is flipped at the beginning of': (bytes) => flipped(bytes, 0),
  'a bit is flipped in the middle of': (bytes) => flipped(bytes, bytes.length >> 1),
  'a bit is flipped at the end of': (bytes) => flipped(bytes, bytes.length - 1),
  'the last byte is missing of': (bytes) => bytes.subarray(0, -1),
  'the second half is missing of': (bytes) => bytes.subarray(0, bytes.length >> 1),
  'all but one byte is missing of': (bytes) => bytes.subarray(0, 1),
  'the middle is zeros of': (bytes) =>
    Buffer.from(bytes).fill(0, Math.floor(bytes.length / 3), Math.floor((2 * bytes.length) / 3)),
  'bytes are appended to': (bytes) => Buffer.concat([bytes, Buffer.from('garbage')]),
} as const satisfies Record<string, (bytes: Buffer) => Buffer>;

type Fault = keyof typeof FAULTS;

const IS_CUT_OFF = wrong(/\.img\.zst is cut off at byte \d+, in the middle of a zstd frame/);
const IS_CORRUPT = wrong(/\.img\.zst is corrupt: its zstd frame at byte 0 can't be decompressed/);

const OF_CHECKSUMS: Readonly<Record<Fault, Expected>> = {
  'a bit is flipped at the beginning of': wrong(/doesn't decompress to the raw image that its \.img\.sha256 names/),
  'a bit is flipped in the middle of': OTHER_DIGEST,
  'a bit is flipped at the end of': OTHER_FORM, // the line feed is another character
  'the last byte is missing of': FLASHED_FIRST, // the line feed: lines need none
  'the second half is missing of': NO_CHECKSUM,
  'all but one byte is missing of': NO_CHECKSUM,
  'the middle is zeros of': IS_UTF_16,
  'bytes are appended to': FLASHED_FIRST, // a line that says nothing of the image
};

const OF_BUILD_ID: Readonly<Record<Fault, Expected>> = {
  'a bit is flipped at the beginning of': OTHER_BUILD_ID,
  'a bit is flipped in the middle of': OTHER_BUILD_ID,
  'a bit is flipped at the end of': FLASHED_FIRST, // only what stands before the first space counts
  'the last byte is missing of': FLASHED_FIRST,
  'the second half is missing of': NO_BUILD_ID,
  'all but one byte is missing of': NO_BUILD_ID,
  'the middle is zeros of': NO_BUILD_ID,
  'bytes are appended to': FLASHED_FIRST,
};

/** Of a `.img.zst` that its `.img.sha256` was made for when it was damaged already. */
const OF_SUMMED_ZST: Readonly<Record<Fault, Expected>> = {
  'a bit is flipped at the beginning of': wrong(/\.img\.zst is not a zstd file/),
  'a bit is flipped in the middle of': IS_CORRUPT,
  'a bit is flipped at the end of': IS_CORRUPT,
  'the last byte is missing of': IS_CUT_OFF,
  'the second half is missing of': IS_CUT_OFF,
  'all but one byte is missing of': IS_CUT_OFF,
  'the middle is zeros of': IS_CORRUPT,
  'bytes are appended to': wrong(/\.img\.zst has extra bytes after its last zstd frame, from byte \d+ on/),
};

/** Each fault, in each file of a set, and in a `.img.zst` that was damaged before its digest was taken. */
export const BYTE_FAULTS: readonly Row[] = Object.entries(FAULTS).flatMap(([name, spoil]) => {
  const fault = name as Fault;
  const of = (suffix: Suffix, expected: Expected): Row => ({
    name: `${fault} the ${suffix}`,
    expected,
    make: ({ first, put }) => put(suffix, spoil(first.files[suffix])),
  });
  return [
    of('.img.zst', OTHER_DIGEST),
    of('.img.sha256', OF_CHECKSUMS[fault]),
    of('.img.buildID', OF_BUILD_ID[fault]),
    {
      name: `${fault} the .img.zst before its digest is taken`,
      expected: OF_SUMMED_ZST[fault],
      make: ({ first, putSummed }) => putSummed(spoil(first.files['.img.zst'])),
    },
  ];
});

/** The bytes with one bit flipped: of a hexadecimal digit the lowest that leaves it one, and another. */
function flipped(bytes: Buffer, at: number): Buffer {
  const isDigit = (byte: number) => /[0-9a-f]/.test(String.fromCharCode(byte));
  const byte = bytes.readUInt8(at);
  const bit = isDigit(byte) ? [1, 2, 4].find((candidate) => isDigit(byte ^ candidate)) : 1;
  const copy = Buffer.from(bytes);
  copy.writeUInt8(byte ^ (bit ?? 1), at);
  return copy;
}
