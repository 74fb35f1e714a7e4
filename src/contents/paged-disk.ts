import { DamagedVolume } from './damaged-volume.ts';
import type { Disk } from './disk.ts';

/** Read at a time: what describes files lies close together. */
const PAGE_BYTES = 32 * 1024;
/** 8 MiB: the inodes of 32,000 files. */
const MOST_PAGES = 256;

/** Reads small pieces of a part of a disk, mostly from memory: the pages that were read last are kept. */
export class PagedDisk {
  readonly #disk: Disk;
  readonly #start: number;
  readonly #bytes: number;
  /** By number, oldest first. */
  readonly #pages = new Map<number, Buffer>();

  /** `start` and `bytes`: the stretch that positions count from, and its length. */
  constructor(disk: Disk, start: number, bytes: number) {
    this.#disk = disk;
    this.#start = start;
    this.#bytes = bytes;
  }

  /**
   * `length` bytes from `position` on, the caller's own; at once where they are in memory, as those of most inodes are.
   * @throws DamagedVolume where they are not there.
   */
  read(position: number, length: number): Buffer | Promise<Buffer> {
    const number = Math.floor(position / PAGE_BYTES);
    const from = position - number * PAGE_BYTES;
    if (from + length > PAGE_BYTES) return this.#readAround(position, length);
    const page = this.#pages.get(number);
    return page === undefined ? this.#readPage(number, from, length) : pieceOf(page, from, length);
  }

  /** Fills `buffer` from `position` on, past the pages: content is read once. @throws DamagedVolume */
  async fill(buffer: Buffer, position: number): Promise<void> {
    if (position + buffer.length > this.#bytes) throw endsWithin();
    const count = await this.#disk.read(buffer, this.#start + position);
    if (count < buffer.length) throw endsWithin();
  }

  async #readAround(position: number, length: number): Promise<Buffer> {
    const bytes = Buffer.alloc(length);
    await this.fill(bytes, position);
    return bytes;
  }

  /** Reads a page, and answers a piece of it. */
  async #readPage(number: number, from: number, length: number): Promise<Buffer> {
    const position = number * PAGE_BYTES;
    const memory = this.#takeOldest() ?? new ArrayBuffer(PAGE_BYTES);
    const page = Buffer.from(memory, 0, Math.max(0, Math.min(PAGE_BYTES, this.#bytes - position)));
    const count = page.length === 0 ? 0 : await this.#disk.read(page, this.#start + position);
    const bytes = page.subarray(0, count);
    this.#pages.set(number, bytes);
    return pieceOf(bytes, from, length);
  }

  /** The memory of the oldest page, when there are as many as are kept: new memory costs as much as reading into it. */
  #takeOldest(): ArrayBufferLike | undefined {
    if (this.#pages.size < MOST_PAGES) return undefined;
    for (const [number, { buffer }] of this.#pages) {
      this.#pages.delete(number);
      return buffer;
    }
    return undefined;
  }
}

/** A copy: the page's memory is used again. */
function pieceOf(page: Buffer, from: number, length: number): Buffer {
  if (from + length > page.length) throw endsWithin();
  const piece = Buffer.allocUnsafe(length);
  page.copy(piece, 0, from, from + length);
  return piece;
}

function endsWithin(): DamagedVolume {
  return new DamagedVolume('the image ends within the file system');
}
