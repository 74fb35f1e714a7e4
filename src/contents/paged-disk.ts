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

  /** `length` bytes from `position` on, only to be read. @throws DamagedVolume where they are not there. */
  async read(position: number, length: number): Promise<Buffer> {
    const number = Math.floor(position / PAGE_BYTES);
    const from = position - number * PAGE_BYTES;
    if (from + length > PAGE_BYTES) return this.#readAround(position, length);
    const page = this.#pages.get(number) ?? (await this.#readPage(number));
    if (from + length > page.length) throw endsWithin();
    return page.subarray(from, from + length);
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

  async #readPage(number: number): Promise<Buffer> {
    const position = number * PAGE_BYTES;
    const page = Buffer.allocUnsafeSlow(Math.max(0, Math.min(PAGE_BYTES, this.#bytes - position)));
    const count = page.length === 0 ? 0 : await this.#disk.read(page, this.#start + position);
    const [oldest] = this.#pages.keys();
    if (this.#pages.size >= MOST_PAGES && oldest !== undefined) this.#pages.delete(oldest);
    const bytes = page.subarray(0, count);
    this.#pages.set(number, bytes);
    return bytes;
  }
}

function endsWithin(): DamagedVolume {
  return new DamagedVolume('the image ends within the file system');
}
