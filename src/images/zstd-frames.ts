import type { PinnedFile } from './pinned-file.ts';

/** RFC 8878, section 3.1.1: the first four bytes of a frame, little-endian. */
const ZSTD_MAGIC = 0xfd2fb528;
/** Section 3.1.2: sixteen magic numbers begin frames that a decoder skips. */
const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_MASK = 0xfffffff0;
/** The magic number, the descriptor, and the longest window, dictionary and content size fields. */
const LONGEST_FRAME_HEADER = 4 + 1 + 1 + 4 + 8;
const BLOCK_HEADER_BYTES = 3;
const CHECKSUM_BYTES = 4;

/**
 * The number of bytes that a zstd file decompresses to, as its frames say, without decompressing: all frames are walked
 * by the lengths of their blocks. Undefined when a frame does not say, or the file is no sound sequence of frames.
 */
export async function decompressedSize(file: PinnedFile): Promise<number | undefined> {
  let total = 0;
  for (let position = 0; position < file.size; ) {
    const frame = await readFrame(file, position);
    if (frame?.contentBytes === undefined) return undefined;
    total += frame.contentBytes;
    position = frame.end;
  }
  return total;
}

interface Frame {
  readonly contentBytes: number | undefined;
  /** Where the next frame begins. */
  readonly end: number;
}

async function readFrame(file: PinnedFile, position: number): Promise<Frame | undefined> {
  const head = await readAt(file, position, LONGEST_FRAME_HEADER);
  if (head.length < 8) return undefined;
  const magic = head.readUInt32LE(0);
  if ((magic & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC) {
    const end = position + 8 + head.readUInt32LE(4);
    return end <= file.size ? { contentBytes: 0, end } : undefined;
  }
  if (magic !== ZSTD_MAGIC) return undefined;
  const header = parseFrameHeader(head);
  const blocksEnd = header && (await skipBlocks(file, position + header.length));
  if (header === undefined || blocksEnd === undefined) return undefined;
  const end = blocksEnd + (header.hasChecksum ? CHECKSUM_BYTES : 0);
  return end <= file.size ? { contentBytes: header.contentBytes, end } : undefined;
}

/** Section 3.1.1.1: the descriptor's bits tell which fields follow, and how long they are. */
function parseFrameHeader(head: Buffer) {
  const descriptor = head[4] ?? 0;
  const singleSegment = (descriptor & 0x20) !== 0;
  const sizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeAt = 5 + (singleSegment ? 0 : 1) + dictionaryBytes;
  const length = sizeAt + sizeBytes;
  if (head.length < length) return undefined;
  return { length, hasChecksum: (descriptor & 4) !== 0, contentBytes: readContentSize(head, sizeAt, sizeBytes) };
}

function readContentSize(head: Buffer, at: number, bytes: number): number | undefined {
  switch (bytes) {
    case 1:
      return head.readUInt8(at);
    case 2:
      return head.readUInt16LE(at) + 256;
    case 4:
      return head.readUInt32LE(at);
    case 8:
      return Number(head.readBigUInt64LE(at));
    default:
      return undefined;
  }
}

/** Section 3.1.1.2: a block's header has a bit for the last one, two for its type, and 21 for its size. */
async function skipBlocks(file: PinnedFile, position: number): Promise<number | undefined> {
  for (let at = position; ; ) {
    const header = await readAt(file, at, BLOCK_HEADER_BYTES);
    if (header.length < BLOCK_HEADER_BYTES) return undefined;
    const bits = header.readUIntLE(0, BLOCK_HEADER_BYTES);
    const type = (bits >> 1) & 3;
    if (type === 3) return undefined;
    at += BLOCK_HEADER_BYTES + (type === 1 ? 1 : bits >> 3);
    if (bits & 1) return at;
  }
}

async function readAt(file: PinnedFile, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, await file.read(bytes, 0, length, position));
}
