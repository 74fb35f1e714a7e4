import type { PinnedFile } from '../pinned-file.ts';
import {
  BLOCK_HEADER_BYTES,
  CHECKSUM_BYTES,
  LONGEST_HEADER_BYTES,
  parseBlockHeader,
  parseFrameHeader,
} from './zstd-frame-header.ts';

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

/** Whether a zstd file may decompress to `bytes`: it does, or it does not say. A file of one frame is answered at once. */
export async function mayHold(file: PinnedFile, bytes: number): Promise<boolean> {
  const first = parseFrameHeader(await readAt(file, 0, LONGEST_HEADER_BYTES));
  if (typeof first === 'object' && first.kind === 'zstd' && first.contentBytes === bytes) return true;
  return ((await decompressedSize(file)) ?? bytes) === bytes;
}

interface Frame {
  readonly contentBytes: number | undefined;
  /** Where the next frame begins. */
  readonly end: number;
}

async function readFrame(file: PinnedFile, position: number): Promise<Frame | undefined> {
  const header = parseFrameHeader(await readAt(file, position, LONGEST_HEADER_BYTES));
  if (header === 'not zstd' || header === 'too short') return undefined;
  if (header.kind === 'skippable') {
    const end = position + header.length + header.payloadBytes;
    return end <= file.size ? { contentBytes: 0, end } : undefined;
  }
  const blocksEnd = await skipBlocks(file, position + header.length);
  if (blocksEnd === undefined) return undefined;
  const end = blocksEnd + (header.hasChecksum ? CHECKSUM_BYTES : 0);
  return end <= file.size ? { contentBytes: header.contentBytes, end } : undefined;
}

async function skipBlocks(file: PinnedFile, position: number): Promise<number | undefined> {
  for (let at = position; ; ) {
    const head = await readAt(file, at, BLOCK_HEADER_BYTES);
    const block = head.length < BLOCK_HEADER_BYTES ? undefined : parseBlockHeader(head);
    if (block === undefined) return undefined;
    at += BLOCK_HEADER_BYTES + block.bytes;
    if (block.isLast) return at;
  }
}

async function readAt(file: PinnedFile, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, await file.read(bytes, 0, length, position));
}
