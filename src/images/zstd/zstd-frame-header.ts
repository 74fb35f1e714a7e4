/** RFC 8878, section 3.1.1: the first four bytes of a frame, little-endian. */
const ZSTD_MAGIC = 0xfd2fb528;
/** Section 3.1.2: sixteen magic numbers begin frames that a decoder skips. */
const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_MASK = 0xfffffff0;

/** The magic number, and the descriptor, or a skippable frame's size. */
const SHORTEST_HEADER_BYTES = 8;
/** The magic number, the descriptor, and the longest window, dictionary and content size fields. */
export const LONGEST_HEADER_BYTES = 4 + 1 + 1 + 4 + 8;

export const BLOCK_HEADER_BYTES = 3;
export const CHECKSUM_BYTES = 4;

/** What a frame's first bytes say. All sizes are bytes. */
export type FrameHeader =
  | { readonly kind: 'skippable'; readonly length: number; readonly payloadBytes: number }
  | {
      readonly kind: 'zstd';
      readonly length: number;
      readonly hasChecksum: boolean;
      /** What a decoder must keep of what it has decoded. */
      readonly windowBytes: number;
      /** Undefined where the frame does not say. */
      readonly contentBytes: number | undefined;
    };

/**
 * Reads the header that `head` begins with (RFC 8878, sections 3.1.1.1 and 3.1.2). `not zstd` when no frame begins so,
 * `too short` when `head` ends before the header does.
 */
export function parseFrameHeader(head: Buffer): FrameHeader | 'not zstd' | 'too short' {
  if (head.length < 4) return mayBeMagic(head) ? 'too short' : 'not zstd';
  const magic = head.readUInt32LE(0);
  if ((magic & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC) {
    if (head.length < SHORTEST_HEADER_BYTES) return 'too short';
    return { kind: 'skippable', length: SHORTEST_HEADER_BYTES, payloadBytes: head.readUInt32LE(4) };
  }
  if (magic !== ZSTD_MAGIC) return 'not zstd';
  const descriptor = head[4];
  if (descriptor === undefined) return 'too short';
  const singleSegment = (descriptor & 0x20) !== 0;
  const sizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeAt = 5 + (singleSegment ? 0 : 1) + dictionaryBytes;
  const length = sizeAt + sizeBytes;
  if (head.length < length) return 'too short';
  const contentBytes = readContentSize(head, sizeAt, sizeBytes);
  const windowBytes = singleSegment ? (contentBytes ?? 0) : windowSize(head[5] ?? 0);
  return { kind: 'zstd', length, hasChecksum: (descriptor & 4) !== 0, windowBytes, contentBytes };
}

/** Whether a magic number begins with these bytes, fewer than it has. */
function mayBeMagic(head: Buffer): boolean {
  if (head.length === 0) return true;
  const known = 2 ** (8 * head.length) - 1;
  const given = head.readUIntLE(0, head.length);
  return given === (ZSTD_MAGIC & known) || (given & SKIPPABLE_MASK) === (SKIPPABLE_MAGIC & known);
}

/** Section 3.1.1.1.2: a power of two, and eighths of it. */
function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
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

/** What a block's header says. */
export interface BlockHeader {
  readonly isLast: boolean;
  /** Bytes of the block that follow its header. */
  readonly bytes: number;
}

/** Section 3.1.1.2: a bit for the last block, two for its type, 21 for its size. Undefined for the reserved type. */
export function parseBlockHeader(head: Buffer): BlockHeader | undefined {
  const bits = head.readUIntLE(0, BLOCK_HEADER_BYTES);
  const type = (bits >> 1) & 3;
  if (type === 3) return undefined;
  return { isLast: (bits & 1) === 1, bytes: type === 1 ? 1 : bits >> 3 };
}
