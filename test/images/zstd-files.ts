import { mkdir, writeFile } from 'node:fs/promises';
import { constants, zstdCompressSync } from 'node:zlib';
import { PinnedFile } from '../../src/images/pinned-file.ts';
import { type BoxesFolder, makeBoxes } from './image-sets.ts';

export interface FrameOptions {
  readonly hasChecksum?: boolean;
  /** Whether the frame says how long its content is. */
  readonly isSized?: boolean;
}

/** `content` as one zstd frame. */
export function zstdFrame(content: Buffer, { hasChecksum = true, isSized = true }: FrameOptions = {}): Buffer {
  const params = {
    [constants.ZSTD_c_compressionLevel]: 1,
    [constants.ZSTD_c_checksumFlag]: hasChecksum ? 1 : 0,
    [constants.ZSTD_c_contentSizeFlag]: isSized ? 1 : 0,
  };
  return zstdCompressSync(content, { params, ...(isSized && { pledgedSrcSize: content.length }) });
}

/** `content` as a frame that asks for a window of so many bytes, a power of two, and needs less. */
export function wideFrame(content: Buffer, windowLog: number): Buffer {
  const frame = zstdFrame(content, { isSized: false });
  frame.writeUInt8((windowLog - 10) << 3, 5);
  return frame;
}

/** A frame that decoders skip (RFC 8878, section 3.1.2). `kind`: one of its 16 magic numbers. */
export function skippableFrame(payload: Buffer, kind = 0): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x184d2a50 + kind, 0);
  head.writeUInt32LE(payload.length, 4);
  return Buffer.concat([head, payload]);
}

/** Lines of numbers, as seq(1) prints them: every block compresses, and no two are the same. */
export function numbers(count: number): Buffer {
  return Buffer.from(Array.from({ length: count }, (_, index) => `${index + 1}\n`).join(''));
}

/** What does not compress, and is always the same. */
export function noise(bytes: number): Buffer {
  const content = Buffer.alloc(bytes);
  for (let at = 0, state = 1; at < bytes; at++) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    content[at] = state >> 16;
  }
  return content;
}

/** A file of its own with these bytes, open and pinned; disposing it closes and removes it. */
export async function pinnedFile(content: Buffer): Promise<AsyncDisposable & { boxes: BoxesFolder; file: PinnedFile }> {
  const boxes = await makeBoxes();
  await mkdir(boxes.at('box'));
  await writeFile(boxes.at('box', 'file'), content);
  const file = await PinnedFile.open(boxes.root, boxes.at('box'), 'file');
  if (!(file instanceof PinnedFile)) throw new Error(`not opened: ${file}`);
  return {
    boxes,
    file,
    async [Symbol.asyncDispose]() {
      await file.close();
      await boxes[Symbol.asyncDispose]();
    },
  };
}
