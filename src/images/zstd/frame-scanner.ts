import {
  BLOCK_HEADER_BYTES,
  CHECKSUM_BYTES,
  LONGEST_HEADER_BYTES,
  parseBlockHeader,
  parseFrameHeader,
} from './zstd-frame-header.ts';

/** The largest window that `zstdcat` takes without being told to (zstd(1), `--memory`): 128 MiB. */
export const LARGEST_WINDOW_BYTES = 2 ** 27;

/** What keeps a file from being decompressed as `zstdcat` does it, and the byte from which on. */
export interface ZstdDamage {
  readonly problem:
    | 'not zstd'
    | 'truncated'
    | 'corrupt'
    | 'window too large'
    | 'trailing bytes'
    | 'too many frames'
    | 'too much content';
  readonly at: number;
}

/** A piece of what was scanned: bytes of one zstd frame, in order, the last of them marked. Skippable frames are none. */
export interface FramePiece {
  readonly bytes: Buffer;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

type Step = 'frame header' | 'block header' | 'block' | 'checksum' | 'payload' | 'damaged';

/**
 * Finds where the frames of a zstd file begin and end, from chunks as they are read: a decoder that stops after the
 * first frame, as Node's does without a word, can then be given one frame at a time.
 */
export class FrameScanner {
  readonly #field = Buffer.alloc(LONGEST_HEADER_BYTES);
  #fieldBytes = 0;
  #step: Step = 'frame header';
  /** Bytes left of a block, a checksum or a skippable frame's payload. */
  #left = 0;
  #isLastBlock = false;
  #hasChecksum = false;
  #position = 0;
  #frameStart = 0;
  #frames = 0;
  #checksummedFrames = 0;
  #windowBytes = 0;
  #damage: ZstdDamage | undefined;
  readonly #mostFrames: number;

  /** `mostFrames`: the frames with content that a file may have. */
  constructor(mostFrames: number = Number.POSITIVE_INFINITY) {
    this.#mostFrames = mostFrames;
  }

  /** Where the frame begins that is scanned, in bytes from the file's beginning. */
  get frameStart(): number {
    return this.#frameStart;
  }

  /** Frames with content that were begun so far. */
  get frames(): number {
    return this.#frames;
  }

  /** Of these, the frames that end with a checksum of their content. */
  get checksummedFrames(): number {
    return this.#checksummedFrames;
  }

  /** The largest window that a frame asks for, in bytes. */
  get windowBytes(): number {
    return this.#windowBytes;
  }

  /** What is wrong so far; nothing is scanned after it. */
  get damage(): ZstdDamage | undefined {
    return this.#damage;
  }

  /** Takes the next bytes of the file, and answers those of zstd frames among them. */
  *push(chunk: Buffer): Generator<FramePiece> {
    let from = 0; // of the bytes not answered yet
    for (let at = 0; at < chunk.length && this.#step !== 'damaged'; ) {
      switch (this.#step) {
        case 'frame header':
          at += this.#gather(chunk, at, LONGEST_HEADER_BYTES);
          at -= this.#beginFrame();
          from = at;
          if (this.#isInFrame) yield { bytes: Buffer.from(this.#gathered), isFirst: true, isLast: false };
          if (this.#isInFrame) this.#fieldBytes = 0;
          break;
        case 'block header':
          at += this.#gather(chunk, at, BLOCK_HEADER_BYTES);
          if (this.#fieldBytes === BLOCK_HEADER_BYTES) this.#beginBlock();
          break;
        default: {
          const passed = Math.min(chunk.length - at, this.#left);
          this.#left -= passed;
          this.#position += passed;
          at += passed;
          if (this.#step === 'payload') from = at;
          if (this.#left === 0) this.#endPart();
        }
      }
      const isEnd = this.#step === 'frame header' && from < at;
      if (isEnd) yield { bytes: chunk.subarray(from, at), isFirst: false, isLast: true };
      if (isEnd) from = at;
    }
    if (this.#isInFrame && from < chunk.length) yield { bytes: chunk.subarray(from), isFirst: false, isLast: false };
  }

  /** Tells that the file ends here. */
  finish(): void {
    if (this.#damage !== undefined) return;
    const betweenFrames = this.#step === 'frame header' && this.#fieldBytes === 0;
    if (!betweenFrames || this.#position === 0) this.#fail('truncated', this.#position);
  }

  get #isInFrame(): boolean {
    return this.#step === 'block header' || this.#step === 'block' || this.#step === 'checksum';
  }

  get #gathered(): Buffer {
    return this.#field.subarray(0, this.#fieldBytes);
  }

  /** Fills the field up to `wanted` bytes, and returns how many it took. */
  #gather(chunk: Buffer, at: number, wanted: number): number {
    if (this.#fieldBytes === 0 && this.#step === 'frame header') this.#frameStart = this.#position;
    const taken = chunk.copy(this.#field, this.#fieldBytes, at, at + wanted - this.#fieldBytes);
    this.#fieldBytes += taken;
    this.#position += taken;
    return taken;
  }

  /** Reads the header out of the field, once it is complete, and returns how many bytes after it were taken, too. */
  #beginFrame(): number {
    const header = parseFrameHeader(this.#gathered);
    if (header === 'too short') return 0;
    if (header === 'not zstd') {
      this.#fail(this.#frameStart === 0 ? 'not zstd' : 'trailing bytes', this.#frameStart);
      return 0;
    }
    const spare = this.#fieldBytes - header.length;
    this.#fieldBytes = header.length;
    this.#position -= spare;
    if (header.kind === 'skippable') {
      this.#fieldBytes = 0;
      this.#left = header.payloadBytes;
      this.#step = this.#left === 0 ? 'frame header' : 'payload';
      return spare;
    }
    this.#windowBytes = Math.max(this.#windowBytes, header.windowBytes);
    if (header.windowBytes > LARGEST_WINDOW_BYTES) {
      this.#fail('window too large', this.#frameStart);
      return spare;
    }
    if (this.#frames === this.#mostFrames) {
      this.#fail('too many frames', this.#frameStart);
      return spare;
    }
    this.#frames++;
    if (header.hasChecksum) this.#checksummedFrames++;
    this.#hasChecksum = header.hasChecksum;
    this.#step = 'block header';
    return spare;
  }

  #beginBlock(): void {
    const block = parseBlockHeader(this.#gathered);
    this.#fieldBytes = 0;
    if (block === undefined) {
      this.#fail('corrupt', this.#frameStart);
      return;
    }
    this.#isLastBlock = block.isLast;
    this.#left = block.bytes;
    this.#step = 'block';
    if (block.bytes === 0) this.#endPart();
  }

  /** A block, a checksum or a payload is over. */
  #endPart(): void {
    if (this.#step === 'block' && !this.#isLastBlock) {
      this.#step = 'block header';
    } else if (this.#step === 'block' && this.#hasChecksum) {
      this.#step = 'checksum';
      this.#left = CHECKSUM_BYTES;
    } else {
      this.#step = 'frame header';
    }
  }

  #fail(problem: ZstdDamage['problem'], at: number): void {
    this.#damage = { problem, at };
    this.#step = 'damaged';
  }
}
