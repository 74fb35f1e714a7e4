import { promisify } from 'node:util';
import zlib from 'node:zlib'; // its functions by name: older Nodes do not have them
import { errorCode, UserError } from '../../errors.ts';
import type { PinnedFile } from '../pinned-file.ts';
import { readMemory } from '../read-memory.ts';
import { decodeSeekTable, FOOTER_BYTES, seekTableBytes } from './seek-table.ts';

/** `pack` makes frames of 8 MiB; larger ones are not worth it, and their table is passed over. */
const LARGEST_FRAME_BYTES = 32 * 1024 * 1024;
/** 800 KB of table, and 400 GB of image. */
const MOST_FRAMES = 50_000;
/** Frames kept decompressed: the inodes, a folder and a file lie in different ones. */
const FRAMES_KEPT = 4;

/** Node takes no less (zlib, `chunkSize`). */
const LEAST_CHUNK_BYTES = 64;

/** A frame's place in the file, and in the content. */
interface Frame {
  readonly start: number;
  readonly compressed: number;
  readonly contentStart: number;
  readonly decompressed: number;
}

/** The content of a zstd file that ends with a seek table, read at any place: only the frames needed are decompressed. */
export class SeekableZstd {
  /** Bytes of the content. */
  readonly size: number;
  readonly #file: PinnedFile;
  readonly #frames: readonly Frame[];
  /** By index, oldest first. */
  readonly #kept = new Map<number, Promise<Buffer>>();

  private constructor(file: PinnedFile, frames: readonly Frame[]) {
    this.#file = file;
    this.#frames = frames;
    const last = frames.at(-1);
    this.size = last === undefined ? 0 : last.contentStart + last.decompressed;
  }

  /** Undefined where the file has no seek table that fits it. The file is the caller's to close. */
  static async open(file: PinnedFile): Promise<SeekableZstd | undefined> {
    const footer = await readAt(file, Math.max(0, file.size - FOOTER_BYTES), FOOTER_BYTES);
    const bytes = seekTableBytes(footer);
    const mostBytes = Math.min(file.size, MOST_FRAMES * 12);
    if (bytes === undefined || bytes > mostBytes) return undefined;
    const table = await readAt(file, file.size - bytes, bytes);
    const sizes = table.length === bytes ? decodeSeekTable(table) : undefined;
    if (sizes === undefined) return undefined;
    const frames: Frame[] = [];
    let [start, contentStart] = [0, 0];
    for (const { compressed, decompressed } of sizes) {
      if (decompressed > LARGEST_FRAME_BYTES || compressed > LARGEST_FRAME_BYTES) return undefined;
      if (decompressed > 0) frames.push({ start, compressed, contentStart, decompressed });
      start += compressed;
      contentStart += decompressed;
    }
    return start + bytes === file.size ? new SeekableZstd(file, frames) : undefined;
  }

  /**
   * Fills `buffer` from `position` of the content on; returns how many bytes there were.
   * @throws UserError where a frame is not what the table says, and what reading a disk may throw.
   */
  async read(buffer: Buffer, position: number): Promise<number> {
    let filled = 0;
    for (let index = this.#frameAt(position); filled < buffer.length && index < this.#frames.length; index++) {
      const frame = this.#frames[index];
      if (frame === undefined) break;
      const content = await this.#content(index, frame);
      filled += content.copy(buffer, filled, position + filled - frame.contentStart);
    }
    return filled;
  }

  /** The index of the frame that holds a byte of the content, by halving. */
  #frameAt(position: number): number {
    let [low, high] = [0, this.#frames.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const frame = this.#frames[middle];
      if (frame !== undefined && frame.contentStart + frame.decompressed <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #content(index: number, frame: Frame): Promise<Buffer> {
    const kept = this.#kept.get(index) ?? this.#decompress(frame);
    this.#kept.delete(index);
    this.#kept.set(index, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > FRAMES_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return kept;
  }

  async #decompress({ start, compressed, decompressed }: Frame): Promise<Buffer> {
    const bytes = await readAt(this.#file, start, compressed);
    const content = await decompress(bytes, decompressed);
    if (content?.length !== decompressed)
      throw new UserError((words) => words.t('{0} is damaged: its frame at byte {1}', this.#file.path, start));
    return content;
  }
}

/** What a frame holds; undefined where it is damaged, or holds more than `mostBytes`. */
async function decompress(bytes: Buffer, mostBytes: number): Promise<Buffer | undefined> {
  try {
    // one chunk: many small ones would be copied together
    return await promisify(zlib.zstdDecompress)(bytes, {
      maxOutputLength: mostBytes,
      chunkSize: Math.max(LEAST_CHUNK_BYTES, mostBytes),
    });
  } catch (error) {
    if (errorCode(error) !== undefined) return undefined; // ZSTD_error_…, ERR_BUFFER_TOO_LARGE
    throw error;
  }
}

async function readAt(file: PinnedFile, position: number, length: number): Promise<Buffer> {
  const bytes = readMemory(length);
  return bytes.subarray(0, await file.read(bytes, 0, length, position));
}
