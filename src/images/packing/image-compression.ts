import type { FileHandle } from 'node:fs/promises';
import { UserError } from '../../errors.ts';
import type { Checksums } from '../checksums.ts';
import type { PinnedFile } from '../pinned-file.ts';
import { sharedReadMemory } from '../read-memory.ts';
import { openSha256, SlicedSha256 } from '../sha256.ts';
import type { Frame, FrameCompressor } from '../zstd/frame-compressor.ts';
import { encodeSeekTable, type FrameSizes } from '../zstd/seek-table.ts';

/** Bytes of the raw image in one frame: large enough to lose nothing to many small ones, small enough to hold some. */
export const CHUNK_BYTES = 8 * 1024 * 1024;

/**
 * Chunks held at a time, each read, compressed or written: the thread pool has as many threads (UV_THREADPOOL_SIZE),
 * and the memory is this many raw chunks and their frames.
 */
const CHUNKS_IN_FLIGHT = 4;

export interface Compression {
  /** Told of bytes of the raw image that are compressed and written, and of all there are. */
  readonly onProgress?: ((rawBytesDone: number, rawBytesTotal: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What was written, and the digests of both files. */
export interface Compressed {
  readonly zstBytes: number;
  readonly checksums: Required<Checksums>;
}

/**
 * Writes `raw` to `out`, compressed in independent frames that end with a seek table, and hashes both on the way. An
 * empty image is one empty frame, as zstd has it. When this has thrown, nothing is being read or written any more.
 * @throws UserError when `raw` turns out shorter than it was; the signal's reason when it is aborted; and what reading
 * and writing a disk may throw (ENOSPC, EIO).
 */
export async function compressImage(
  raw: PinnedFile,
  out: FileHandle,
  compress: FrameCompressor,
  { onProgress, signal }: Compression,
): Promise<Compressed> {
  const rawHash = openSha256(raw.size);
  const zst = new HashedOutput(out);
  const frames: FrameSizes[] = [];
  const buffers = Array.from({ length: CHUNKS_IN_FLIGHT }, () => ({
    bytes: sharedReadMemory(0),
    free: Promise.resolve(),
  }));
  let written = Promise.resolve();

  const writeFrame = async (compressing: Promise<Frame>, before: Promise<void>, decompressed: number, end: number) => {
    const [frame] = await Promise.all([compressing, before]);
    signal?.throwIfAborted();
    const start = zst.bytes;
    await zst.write(...frame);
    frames.push({ compressed: zst.bytes - start, decompressed });
    onProgress?.(end, raw.size);
  };

  try {
    for (let position = 0, index = 0; position < raw.size || index === 0; index++) {
      const buffer = buffers[index % CHUNKS_IN_FLIGHT];
      if (buffer === undefined) throw new RangeError('no such buffer');
      await buffer.free;
      signal?.throwIfAborted();
      const length = Math.min(CHUNK_BYTES, raw.size - position);
      if (buffer.bytes.length < length) buffer.bytes = sharedReadMemory(length);
      const chunk = buffer.bytes.subarray(0, length);
      if ((await raw.read(chunk, 0, length, position)) < length) throw changedImage(raw);
      position += length;
      written = writeFrame(compress(chunk), written, length, position);
      buffer.free = bothDone(written, rawHash.update(chunk));
      buffer.free.catch(() => {}); // whoever waits for it is told
    }
    await Promise.all(buffers.map(({ free }) => free));
    await zst.write(encodeSeekTable(frames));
    await zst.settled();
    return { zstBytes: zst.bytes, checksums: { raw: await rawHash.digest(), zst: await zst.digest() } };
  } catch (error) {
    await Promise.allSettled(buffers.map(({ free }) => free));
    await zst.settled().catch(() => {});
    throw error;
  } finally {
    await rawHash.close();
  }
}

/** The error for a raw image that is not what it was when packing began. */
export function changedImage(raw: PinnedFile): UserError {
  return new UserError((words) =>
    words.t('{0} changed while it was packed. Pack it again when its build is done.', raw.path),
  );
}

/** Bytes after which the disk is set to work on what was written: it has it when the last of it comes. */
const SYNC_EVERY_BYTES = 32 * 1024 * 1024;

/** A file that is written from its beginning, and hashed. */
class HashedOutput {
  readonly #file: FileHandle;
  readonly #hash = new SlicedSha256();
  #bytes = 0;
  #syncedBytes = 0;
  #syncing: Promise<void> | undefined;
  #syncFailure: { readonly cause: unknown } | undefined;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** The number of bytes written. */
  get bytes(): number {
    return this.#bytes;
  }

  async write(...pieces: Buffer[]): Promise<void> {
    const start = this.#bytes;
    this.#bytes += byteCount(pieces);
    // the buffers are the caller's again only when both are done with them, failed or not
    await bothDone(writeAt(this.#file, pieces, start), this.#update(pieces));
    this.#syncMeanwhile();
  }

  /** Waits until nothing is being synced any more. Of a failure the kernel tells once (fsync(2)), and so it is kept. */
  async settled(): Promise<void> {
    await this.#syncing;
    if (this.#syncFailure !== undefined) throw this.#syncFailure.cause;
  }

  #syncMeanwhile(): void {
    if (this.#syncing !== undefined || this.#bytes - this.#syncedBytes < SYNC_EVERY_BYTES) return;
    this.#syncedBytes = this.#bytes;
    this.#syncing = this.#file
      .datasync()
      .catch((cause: unknown) => {
        this.#syncFailure ??= { cause };
      })
      .finally(() => {
        this.#syncing = undefined;
      });
  }

  async #update(pieces: readonly Buffer[]): Promise<void> {
    for (const piece of pieces) await this.#hash.update(piece);
  }

  digest(): Promise<string> {
    return this.#hash.digest();
  }
}

/** pwritev(2) may write less than it was given, and on a full disk it does so before it fails. */
async function writeAt(file: FileHandle, pieces: readonly Buffer[], start: number): Promise<void> {
  for (let rest = pieces, at = start; rest.length > 0; ) {
    const { bytesWritten } = await file.writev(rest, at);
    at += bytesWritten;
    rest = dropBytes(rest, bytesWritten);
  }
}

/** `pieces` without their first `count` bytes. */
function dropBytes(pieces: readonly Buffer[], count: number): Buffer[] {
  let drop = count;
  return pieces.flatMap((piece) => {
    const left = piece.subarray(drop);
    drop -= piece.length - left.length;
    return left.length > 0 ? [left] : [];
  });
}

function byteCount(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

/** Waits until neither works any more, failed or not. */
async function bothDone(one: Promise<void>, other: Promise<void>): Promise<void> {
  for (const outcome of await Promise.allSettled([one, other])) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
}
