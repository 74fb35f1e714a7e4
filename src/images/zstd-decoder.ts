import zlib, { type ZstdDecompress } from 'node:zlib'; // its functions by name: older Nodes do not have them
import { FrameScanner, type ZstdDamage } from './frame-scanner.ts';
import type { PinnedFile } from './pinned-file.ts';

/** A zstd file that decompresses to its end, as `zstdcat` has it. */
export interface ZstdContent {
  readonly frames: number;
  /** Whether all frames end with a checksum of their content. */
  readonly isChecksummed: boolean;
  /** What a board must keep in memory of what it has decompressed. */
  readonly windowBytes: number;
}

/** Who takes the bytes on their way. What they are given is only theirs until they are done. */
export interface ZstdSinks {
  /** Takes bytes of the file, each once and in order, those behind a damage too. */
  readonly onRead: (bytes: Buffer) => void;
  /** Takes decompressed bytes, in order; nothing more is decompressed while it has many to deal with. */
  readonly onContent: (bytes: Buffer) => void | Promise<void>;
}

/** Bytes read, and decompressed, at a time: some milliseconds' work for a core. */
const CHUNK_BYTES = 1024 * 1024;
const CONTENT_CHUNK_BYTES = 512 * 1024;

/**
 * Reads `file` once, from its beginning to its end, and decompresses all of its frames. Answers what the content is, or
 * where the file is damaged; undefined when it became shorter meanwhile.
 * @throws the signal's reason when it is aborted, what reading a disk may throw, and what the sinks throw.
 */
export async function decodeZstd(
  file: PinnedFile,
  { onRead, onContent }: ZstdSinks,
  signal?: AbortSignal,
): Promise<ZstdContent | ZstdDamage | undefined> {
  const scanner = new FrameScanner();
  const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, file.size));
  let frame: FrameDecoder | undefined;
  let corrupt: ZstdDamage | undefined;
  const takeContent = (bytes: Buffer) => {
    signal?.throwIfAborted(); // little of the file may hold much content
    return onContent(bytes);
  };
  try {
    for (let position = 0; position < file.size; ) {
      signal?.throwIfAborted();
      const length = await file.read(chunk, 0, Math.min(chunk.length, file.size - position), position);
      if (length === 0) return undefined;
      const bytes = chunk.subarray(0, length);
      const hashing = laterInThisTurn(() => onRead(bytes));
      hashing.catch(() => {}); // it is waited for below, when a decoder that is slower is done
      try {
        for (const piece of corrupt === undefined ? scanner.push(bytes) : []) {
          if (piece.isFirst) frame = new FrameDecoder(takeContent);
          if ((await frame?.take(piece.bytes, piece.isLast)) === 'corrupt') {
            corrupt = { problem: 'corrupt', at: scanner.frameStart };
            break;
          }
        }
      } finally {
        await hashing; // no sink is called when this function has settled
      }
      position += length;
    }
  } finally {
    frame?.close();
  }
  if (corrupt !== undefined) return corrupt;
  scanner.finish();
  if (scanner.damage !== undefined) return scanner.damage;
  const { frames, checksummedFrames, windowBytes } = scanner;
  return { frames, isChecksummed: checksummedFrames === frames, windowBytes };
}

/** Does work when what was begun before is under way on another thread. */
function laterInThisTurn(work: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(work());
      } catch (error) {
        reject(error);
      }
    });
  });
}

/** Decompresses one frame, on the thread pool. */
class FrameDecoder {
  readonly #stream: ZstdDecompress;
  readonly #consumed: Promise<'consumed' | 'corrupt'>;

  constructor(onContent: ZstdSinks['onContent']) {
    this.#stream = zlib.createZstdDecompress({
      chunkSize: CONTENT_CHUNK_BYTES,
      // the scanner has refused what is too large; this is the decoder's own limit, 27 unless told
      params: { [zlib.constants.ZSTD_d_windowLogMax]: 27 },
      readableHighWaterMark: 4 * CONTENT_CHUNK_BYTES,
    } as Parameters<typeof zlib.createZstdDecompress>[0]);
    this.#consumed = this.#consume(onContent);
    this.#consumed.catch(() => {}); // whoever waits for it is told
  }

  /** Takes the frame's next bytes; they are the caller's again when this settles. */
  async take(bytes: Buffer, isLast: boolean): Promise<'taken' | 'corrupt'> {
    const taken = new Promise<void>((resolve) => this.#stream.write(bytes, () => resolve()));
    if ((await Promise.race([taken, this.#consumed])) === 'corrupt') return 'corrupt';
    if (!isLast) return 'taken';
    this.#stream.end();
    return (await this.#consumed) === 'corrupt' ? 'corrupt' : 'taken';
  }

  close(): void {
    this.#stream.destroy();
  }

  async #consume(onContent: ZstdSinks['onContent']): Promise<'consumed' | 'corrupt'> {
    const contents = this.#stream[Symbol.asyncIterator]();
    for (;;) {
      const next = await contents.next().catch(() => 'corrupt' as const);
      if (next === 'corrupt') return next;
      if (next.done) return 'consumed';
      await onContent(next.value);
    }
  }
}
