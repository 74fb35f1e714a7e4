import zlib, { type ZstdDecompress } from 'node:zlib'; // its functions by name: older Nodes do not have them
import { type FramePiece, FrameScanner, type ZstdDamage } from './frame-scanner.ts';
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
const CONTENT_CHUNK_BYTES = 256 * 1024;

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
  const takeContent = (bytes: Buffer) => {
    signal?.throwIfAborted(); // little of the file may hold much content
    return onContent(bytes);
  };
  const frames = new FrameSequence(takeContent);
  let readBytes = 0;
  try {
    for await (const bytes of readAhead(file)) {
      signal?.throwIfAborted();
      const hashing = laterInThisTurn(() => onRead(bytes));
      hashing.catch(() => {}); // it is waited for below, when a decoder that is slower is done
      try {
        if (frames.corruptAt === undefined) {
          for (const piece of scanner.push(bytes)) await frames.take(piece, scanner.frameStart);
        }
      } finally {
        await hashing; // no sink is called when this function has settled
      }
      readBytes += bytes.length;
    }
    if (readBytes < file.size) return undefined;
    await frames.finish();
  } finally {
    frames.close();
  }
  if (frames.corruptAt !== undefined) return { problem: 'corrupt', at: frames.corruptAt };
  scanner.finish();
  if (scanner.damage !== undefined) return scanner.damage;
  const { frames: count, checksummedFrames, windowBytes } = scanner;
  return { frames: count, isChecksummed: checksummedFrames === count, windowBytes };
}

/** The file's bytes in chunks, each of them the caller's until it asks for the next, which is being read meanwhile. */
async function* readAhead(file: PinnedFile): AsyncGenerator<Buffer> {
  const size = Math.min(CHUNK_BYTES, file.size);
  let [current, next] = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)];
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

/**
 * Decompresses frame after frame. The next one begins while the content of the one before is still on its way to the
 * sink, so that no core waits at the end of a frame.
 */
class FrameSequence {
  readonly #onContent: ZstdSinks['onContent'];
  #before: FrameDecoder | undefined;
  #last: FrameDecoder | undefined;
  #corruptAt: number | undefined;

  constructor(onContent: ZstdSinks['onContent']) {
    this.#onContent = onContent;
  }

  /** Where the first frame begins that is known to be corrupt. */
  get corruptAt(): number | undefined {
    return this.#corruptAt;
  }

  /** Takes the next bytes of a frame that begins at `start`; they are the caller's again when this settles. */
  async take({ bytes, isFirst, isLast }: FramePiece, start: number): Promise<void> {
    if (isFirst) {
      await this.#settle(this.#before);
      this.#before = this.#last;
      this.#last = new FrameDecoder(start, this.#onContent, this.#before?.consumed);
    }
    if (this.#corruptAt !== undefined) return;
    if ((await this.#last?.take(bytes, isLast)) === 'corrupt') await this.#settle(this.#before, this.#last);
  }

  /** Waits until all frames that ended went to the sink. */
  finish(): Promise<void> {
    return this.#settle(this.#before, this.#last);
  }

  close(): void {
    this.#before?.close();
    this.#last?.close();
  }

  async #settle(...frames: (FrameDecoder | undefined)[]): Promise<void> {
    for (const frame of frames) {
      if (frame?.isSettling && (await frame.consumed) === 'corrupt') this.#corruptAt ??= frame.start;
    }
  }
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
  /** Where the frame begins, in bytes from the file's beginning. */
  readonly start: number;
  /** Settles when the frame's content went to the sink, or turned out to be corrupt, or that of a frame before it. */
  readonly consumed: Promise<'consumed' | 'corrupt'>;
  readonly #stream: ZstdDecompress;
  #isSettling = false;

  /** `before`: settles when the sink is free for this frame's content. */
  constructor(start: number, onContent: ZstdSinks['onContent'], before: FrameDecoder['consumed'] | undefined) {
    this.start = start;
    this.#stream = zlib.createZstdDecompress({
      chunkSize: CONTENT_CHUNK_BYTES,
      // the scanner has refused what is too large; this is the decoder's own limit, 27 unless told
      params: { [zlib.constants.ZSTD_d_windowLogMax]: 27 },
      readableHighWaterMark: 8 * CONTENT_CHUNK_BYTES,
    } as Parameters<typeof zlib.createZstdDecompress>[0]);
    this.consumed = this.#consume(onContent, before);
    this.consumed.catch(() => {}); // whoever waits for it is told
  }

  /** Whether `consumed` will settle: the frame has come to its end, or was found to be corrupt. */
  get isSettling(): boolean {
    return this.#isSettling;
  }

  /** Takes the frame's next bytes; they are the caller's again when this settles. */
  async take(bytes: Buffer, isLast: boolean): Promise<'taken' | 'corrupt'> {
    const taken = new Promise<'taken'>((resolve) => this.#stream.write(bytes, () => resolve('taken')));
    const outcome = await Promise.race([taken, this.consumed]);
    if (outcome !== 'corrupt' && !isLast) return 'taken';
    this.#isSettling = true;
    if (outcome === 'corrupt') return 'corrupt';
    this.#stream.end();
    return 'taken';
  }

  close(): void {
    this.#stream.destroy();
  }

  async #consume(
    onContent: ZstdSinks['onContent'],
    before: FrameDecoder['consumed'] | undefined,
  ): Promise<'consumed' | 'corrupt'> {
    const contents = this.#stream[Symbol.asyncIterator]();
    if ((await before) === 'corrupt') return 'corrupt';
    for (;;) {
      const next = await contents.next().catch(() => 'corrupt' as const);
      if (next === 'corrupt') return next;
      if (next.done) return 'consumed';
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
