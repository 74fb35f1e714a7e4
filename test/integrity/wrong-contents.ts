import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { boardConfOf, type DiskContent, makeDiskImage } from '../fixtures/disk-image.ts';
import type { Build } from './build.ts';
import { type Expected, FLASHED_FIRST, type Row, wrong } from './row.ts';

const NO_DISK = wrong(/\.img\.zst holds no disk image: there is no partition table in it/);
const NO_ZSTD = wrong(/\.img\.zst is not a zstd file/);
const OTHER_RAW = wrong(/doesn't decompress to the raw image that its \.img\.sha256 names/);
const IS_CUT_OFF = wrong(/\.img\.zst is cut off at byte \d+/);
const IS_CORRUPT_BEHIND = wrong(/\.img\.zst is corrupt: its zstd frame at byte [1-9]\d* can't be decompressed/);
const TAKES_TOO_MUCH = wrong(/needs more than the 128 MiB of memory that a board's zstdcat takes/);
const ENDS_EARLY = wrong(/ends at byte \d+, before its last partition does/);

/** The digest of the file is right. What it is compressed to is not what it should; or it is, in an odd way. */
const ODD_COMPRESSION: readonly Row[] = [
  zst('is two frames', FLASHED_FIRST, ({ raw }) => Buffer.concat(twoFrames(raw))),
  zst('has frames to be skipped around others', FLASHED_FIRST, ({ raw }) =>
    Buffer.concat([skippable(5), ...twoFrames(raw).flatMap((frame) => [frame, skippable(70_000)])]),
  ),
  zst('is corrupt in the second of two frames', IS_CORRUPT_BEHIND, ({ raw }) => {
    const [before, after] = twoFrames(raw);
    return Buffer.concat([before, invertedAt(after, after.length - 3)]); // in the checksum of its content
  }),
  zst('is cut off in the second of two frames', IS_CUT_OFF, ({ raw }) =>
    Buffer.concat(twoFrames(raw)).subarray(0, -20),
  ),
  zst('lacks the second of two frames', OTHER_RAW, ({ raw }) => twoFrames(raw)[0]),
  zst('has wrong bits in a frame without a checksum', OTHER_RAW, ({ raw }) => {
    const bytes = zstdCompressSync(raw, { params: { [constants.ZSTD_c_checksumFlag]: 0 } });
    return invertedAt(bytes, bytes.length >> 1); // in the kernel, which does not compress
  }),
  zst('takes 256 MiB to decompress', TAKES_TOO_MUCH, ({ files }) => withWindow(files['.img.zst'], 28)),
  zst('takes 128 MiB to decompress', FLASHED_FIRST, ({ files }) => withWindow(files['.img.zst'], 27)),
  zst('is of another raw image', OTHER_RAW, ({ content }) =>
    zstdCompressSync(makeDiskImage({ ...content, noise: 20_000 })),
  ),
  zst('is gzip', NO_ZSTD, ({ raw }) => gzipSync(raw, { level: 1 })),
  zst('is not compressed', NO_ZSTD, ({ raw }) => raw),
];

/** Where the MBR has the sector that the second partition begins at. */
const SECOND_START_AT = 446 + 16 + 8;

/** All digests are right, and what they are of is not an image for boards that ask for it. */
const ODD_IMAGES: readonly Row[] = [
  raw('is nothing', NO_DISK, () => Buffer.alloc(0)),
  raw('is text', NO_DISK, () => Buffer.from('a letter\n'.repeat(9_999))),
  raw('is zeros', NO_DISK, () => Buffer.alloc(43_000_000)),
  raw('has no signature in its first sector', NO_DISK, image({ mbrSignature: false })),
  raw('lacks its last sector', ENDS_EARLY, ({ raw }) => raw.subarray(0, -512)),
  raw('lacks its second half', ENDS_EARLY, ({ raw }) => raw.subarray(0, raw.length >> 1)),
  raw('ends with the first partition', ENDS_EARLY, ({ raw }) =>
    raw.subarray(0, raw.readUInt32LE(SECOND_START_AT) * 512),
  ),
  raw('has fewer sectors than its table', ENDS_EARLY, image({ missingSectors: 1 })),
  raw('is for another board', wrong(/built for the board beaglebone-green/), image({ board: 'beaglebone-green' })),
  raw(
    'says no build ID',
    wrong(/its board\.conf has no build ID: a board would flash it again at every boot/),
    ({ content }) => makeDiskImage({ ...content, boardConf: boardConfOf(content).replace(/^buildID=.*\n/m, '') }),
  ),
  raw(
    'says no board',
    wrong(/its board\.conf names no board: a board that runs it can't ask for updates/),
    ({ content }) => makeDiskImage({ ...content, boardConf: boardConfOf(content).replace(/^board=.*\n/m, '') }),
  ),
  raw('is of another box', wrong(/built for the box linux-box/), image({ box: 'linux-box' })),
  raw('is of a box whose name this one begins with', wrong(/built for the board odroid-c4/), image({ box: 'box' })),
  {
    name: 'the .img.zst holds nothing but frames to be skipped',
    expected: NO_DISK,
    make: ({ putSummed }) => putSummed(Buffer.concat([skippable(10), skippable(0)]), Buffer.alloc(0)),
  },
];

export const WRONG_CONTENTS: readonly Row[] = [...ODD_COMPRESSION, ...ODD_IMAGES];

/** Another `.img.zst`, and a `.img.sha256` that is right about it and the raw image that it was to hold. */
function zst(what: string, expected: Expected, bytes: (build: Build) => Buffer): Row {
  return {
    name: `the .img.zst ${what}`,
    expected,
    make: ({ first, putSummed }) => putSummed(bytes(first)),
  };
}

/** Another raw image, compressed, and a `.img.sha256` that is right about both. */
function raw(what: string, expected: Expected, bytes: (build: Build) => Buffer): Row {
  return {
    name: `the raw image ${what}`,
    expected,
    make: ({ first, putSummed }) => putSummed(zstdCompressSync(bytes(first)), bytes(first)),
  };
}

function image(other: Partial<DiskContent>): (build: Build) => Buffer {
  return ({ content }) => makeDiskImage({ ...content, ...other });
}

/** The image as two frames, each with a checksum of its content. */
function twoFrames(raw: Buffer): [Buffer, Buffer] {
  const params = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 };
  const at = raw.length >> 1;
  return [zstdCompressSync(raw.subarray(0, at), { params }), zstdCompressSync(raw.subarray(at), { params })];
}

/** A frame that decoders skip (RFC 8878, section 3.1.2), with so many bytes of payload. */
function skippable(payloadBytes: number): Buffer {
  const frame = Buffer.alloc(8 + payloadBytes, 0x28);
  frame.writeUInt32LE(0x184d2a5e, 0);
  frame.writeUInt32LE(payloadBytes, 4);
  return frame;
}

/** The frame with a header that asks for a window of 2 ** `log` bytes (RFC 8878, section 3.1.1.1.2). */
function withWindow(frame: Buffer, log: number): Buffer {
  if (frame.readUInt8(4) & 0x20) throw new Error('a frame of a single segment says nothing of a window');
  const copy = Buffer.from(frame);
  copy.writeUInt8((log - 10) << 3, 5);
  return copy;
}

function invertedAt(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ 0xff, at);
  return copy;
}
