import zlib, { type ZstdDecompress } from 'node:zlib'; // its functions by name: older Nodes do not have them
import type { PinnedFile } from '../pinned-file.ts';
import { sharedReadMemory } from '../read-memory.ts';
import { type FramePiece, FrameScanner, type ZstdDamage } from './frame-scanner.ts';

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
  /** Takes bytes of the file, each once and in order, those behind a damage too. Those of a file on disk lie in shared memory. */
  readonly onRead: (bytes: Buffer) => void | Promise<void>;
  /** Takes decompressed bytes, in order; nothing more is decompressed while it has many to deal with. */
  readonly onContent: (bytes: Buffer) => void | Promise<void>;
}

/**
 * Bytes read, and decompressed, at a time: a millisecond's work for a core. With a quarter of it, the decoder's thread
 * waits a fifth of the time for what it gave to be taken.
 */
const CHUNK_BYTES = 1024 * 1024;
/** Chunks of content that the decoder may be ahead of who takes them. */
const CHUNKS_AHEAD = 4;
/** To copy so many bytes is cheaper than another way to the decoder's thread. */
const SMALL_PIECE_BYTES = 16 * 1024;
const NO_BYTES: Buffer = Buffer.alloc(0);

/** How much work a file may make. */
export interface DecodingLimits {
  /** Frames with content: each costs 50 to 100 µs, however little is in it. */
  readonly frames: number;
  /** Bytes of content of a file of so many bytes. */
  readonly contentBytes: (fileBytes: number) => number;
}

/**
 * What an image may need, and what keeps an examination short: 50,000 frames take 3 to 5 s, 4 GiB of zeros some 7 s. A
 * file that is larger may hold more: reading it takes longer, too.
 */
export const DECODING_LIMITS: DecodingLimits = {
  frames: 50_000,
  contentBytes: (fileBytes) => 4 * 1024 ** 3 + 256 * fileBytes,
};

/** A zstd file that comes in pieces, each of which is the reader's until it asks for the next. */
export interface ZstdSource {
  /** Bytes in all. */
  readonly size: number;
  readonly pieces: AsyncIterable<Buffer>;
}

/**
 * Reads `file` once, from its beginning to its end, and decompresses all of its frames, within `limits`. Answers what the
 * content is, or where the file is damaged; undefined when it became shorter meanwhile.
 * @throws the signal's reason when it is aborted, what reading a disk may throw, and what the sinks throw.
 */
export function decodeZstd(
  file: PinnedFile,
  sinks: ZstdSinks,
  signal?: AbortSignal,
  limits: DecodingLimits = DECODING_LIMITS,
): Promise<ZstdContent | ZstdDamage | undefined> {
  return decodeZstdPieces({ size: file.size, pieces: readAhead(file) }, sinks, signal, limits);
}

/**
 * The same for one that comes from elsewhere; undefined when it ends early.
 * @throws also what its pieces throw.
 */
export async function decodeZstdPieces(
  source: ZstdSource,
  { onRead, onContent }: ZstdSinks,
  signal?: AbortSignal,
  limits: DecodingLimits = DECODING_LIMITS,
): Promise<ZstdContent | ZstdDamage | undefined> {
  const scanner = new FrameScanner(limits.frames);
  const takeContent = (bytes: Buffer) => {
    signal?.throwIfAborted(); // little of the file may hold much content
    return onContent(bytes);
  };
  const decoder = new FrameDecoder(takeContent, limits.contentBytes(source.size));
  let readBytes = 0;
  let damage: ZstdDamage | undefined;
  try {
    for await (const bytes of source.pieces) {
      signal?.throwIfAborted();
      const hashing = laterInThisTurn(() => onRead(bytes));
      hashing.catch(() => {}); // it is waited for below, when a decoder that is slower is done
      try {
        if (decoder.damage === undefined) {
          for (const piece of scanner.push(bytes)) await decoder.take(piece, scanner.frameStart);
        }
      } finally {
        await hashing; // no sink is called when this function has settled
      }
      readBytes += bytes.length;
    }
    if (readBytes < source.size) return undefined;
    if (decoder.damage === undefined) scanner.finish();
    if (scanner.damage === undefined && scanner.frames > 0) await decoder.finish(); // it takes an end of nothing for a cut
    damage = decoder.damage ?? scanner.damage;
  } finally {
    await decoder.close();
  }
  if (damage !== undefined) return damage;
  const { frames: count, checksummedFrames, windowBytes } = scanner;
  return { frames: count, isChecksummed: checksummedFrames === count, windowBytes };
}

/** The file's bytes in chunks, each of them the caller's until it asks for the next, which is being read meanwhile. */
async function* readAhead(file: PinnedFile): AsyncGenerator<Buffer> {
  const size = Math.min(CHUNK_BYTES, file.size);
  let [current, next] = [sharedReadMemory(size), sharedReadMemory(size)];
  const read = (into: Buffer, position: number) =>
    file.read(into, 0, Math.min(size, file.size - position), position).then((length) => into.subarray(0, length));
  let reading = read(current, 0);
  try {
    for (let position = 0; position < file.size; ) {
      const bytes = await reading;
      if (bytes.length === 0) return;
      position += bytes.length;
      [current, next] = [next, current];
      if (position < file.size) reading = read(current, position);
      reading.catch(() => {}); // whoever waits for it is told
      yield bytes;
    }
  } finally {
    await reading.catch(() => {}); // the caller may close the file now
  }
}

/** Does work when what was begun before is under way on another thread. */
function laterInThisTurn(work: () => void | Promise<void>): Promise<void> {
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

/**
 * Decompresses frame after frame, on the thread pool, with one decoder: to make one takes longer than a small frame does.
 * Node's stops at bytes behind a frame that it was given together with it, so that each write ends where its frame does.
 */
class FrameDecoder {
  readonly #stream: ZstdDecompress;
  readonly #consumed: Promise<void>;
  /** Of the frame that was last written, of which all bytes before it are decompressed. */
  #frameStart = 0;
  /** What was not written yet: it goes with what follows it where that is little. */
  #header = NO_BYTES;
  #contentLeft: number;
  #damage: ZstdDamage | undefined;

  constructor(onContent: ZstdSinks['onContent'], contentLimit: number) {
    this.#contentLeft = contentLimit;
    this.#stream = zlib.createZstdDecompress({
      chunkSize: CHUNK_BYTES,
      // the scanner has refused what is too large; this is the decoder's own limit, 27 unless told
      params: { [zlib.constants.ZSTD_d_windowLogMax]: 27 },
      readableHighWaterMark: CHUNKS_AHEAD * CHUNK_BYTES,
    } as Parameters<typeof zlib.createZstdDecompress>[0]);
    this.#consumed = this.#consume(onContent);
    this.#consumed.catch(() => {}); // whoever waits for it is told
  }

  /** What is known to be wrong with the frames so far. */
  get damage(): ZstdDamage | undefined {
    return this.#damage;
  }

  /** Takes the next piece of the frame that begins at `frameStart`; its bytes are the caller's again when this settles. */
  async take({ bytes, isFirst, isLast }: FramePiece, frameStart: number): Promise<void> {
    if (this.#damage !== undefined) return;
    this.#frameStart = frameStart;
    if (isFirst) {
      this.#header = bytes;
      if (!isLast) return;
    } else if (this.#header.length > 0 && bytes.length <= SMALL_PIECE_BYTES) {
      await this.#write(Buffer.concat([this.#header, bytes]));
    } else {
      if (this.#header.length > 0) await this.#write(this.#header);
      await this.#write(bytes);
    }
    this.#header = NO_BYTES;
  }

  async #write(bytes: Buffer): Promise<void> {
    const taken = new Promise<void>((resolve) => this.#stream.write(bytes, () => resolve()));
    await Promise.race([taken, this.#consumed]);
  }

  /** Waits until all content went to the sink. */
  async finish(): Promise<void> {
    if (this.#damage !== undefined) return;
    this.#stream.end();
    await this.#consumed;
  }

  /** Ends it; no sink is called when this has settled. */
  async close(): Promise<void> {
    this.#stream.destroy();
    await this.#consumed.catch(() => {});
  }

  async #consume(onContent: ZstdSinks['onContent']): Promise<void> {
    const contents = this.#stream[Symbol.asyncIterator]();
    for (;;) {
      const next = await contents.next().catch(() => 'corrupt' as const);
      if (next === 'corrupt') {
        this.#damage ??= { problem: 'corrupt', at: this.#frameStart };
        return;
      }
      if (next.done) return;
      this.#contentLeft -= next.value.length;
      if (this.#contentLeft < 0) {
        this.#damage = { problem: 'too much content', at: this.#frameStart };
        return;
      }
      await onContent(next.value);
      release(next.value);
    }
  }
}

/**
 * Gives the memory of a chunk back at once, when the decoder has nothing more to put into it: left to the garbage
 * collector, gigabytes of them cost a third of the time. Earlier pieces of the same memory were dealt with before.
 */
function release({ buffer, byteOffset, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && byteOffset + byteLength === buffer.byteLength) buffer.transfer(0);
}
