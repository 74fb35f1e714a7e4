import { endsWithin } from './damaged-volume.ts';
import type { Disk } from './disk.ts';

/** The inodes of 32,000 files, or 2,000 folders. */
const MOST_KEPT_BYTES = 8 * 1024 ** 2;

/** What small pieces share. */
const SHARED_BYTES = 64 * 1024;
const SMALL_BYTES = 16 * 1024;

/** A stretch of a disk that is read piece by piece. Those that were read last are kept in memory. */
export class DiskPart {
  readonly #disk: Disk;
  readonly #start: number;
  readonly #bytes: number;
  /** By position, oldest first. */
  readonly #kept = new Map<number, Buffer>();
  #keptBytes = 0;
  /** Memory for small pieces. */
  #free: Buffer = Buffer.alloc(0);

  /** `start` and `bytes`: where it begins, which positions count from, and its length. */
  constructor(disk: Disk, start: number, bytes: number) {
    this.#disk = disk;
    this.#start = start;
    this.#bytes = bytes;
  }

  /**
   * `length` bytes from `position` on, which are only to be read; at once where they are in memory. What is kept is found
   * by its position: a place is to be read in the same pieces each time.
   * @throws DamagedVolume where they are not all there; what reading the disk may throw.
   */
  read(position: number, length: number): Buffer | Promise<Buffer> {
    const kept = this.#kept.get(position);
    return kept === undefined || kept.length < length ? this.#readPiece(position, length) : whole(kept, length);
  }

  /** As `read`, but fewer bytes where there are no more. */
  readSome(position: number, length: number): Buffer | Promise<Buffer> {
    const kept = this.#kept.get(position);
    const there = Math.min(length, this.#bytes - position);
    return kept === undefined || kept.length < there ? this.#load(position, there) : kept;
  }

  /** Fills `buffer` from `position` on, and keeps nothing. @throws as `read` does. */
  async fill(buffer: Buffer, position: number): Promise<void> {
    if (position + buffer.length > this.#bytes) throw endsWithin();
    const count = await this.#disk.read(buffer, this.#start + position);
    if (count < buffer.length) throw endsWithin();
  }

  #readPiece(position: number, length: number): Buffer | Promise<Buffer> {
    const piece = this.#load(position, length);
    return piece instanceof Promise ? piece.then((read) => whole(read, length)) : whole(piece, length);
  }

  #load(position: number, length: number): Buffer | Promise<Buffer> {
    const memory = this.#memory(Math.max(0, Math.min(length, this.#bytes - position)));
    const count = memory.length === 0 ? 0 : this.#disk.read(memory, this.#start + position);
    if (count === memory.length) return this.#keep(position, memory);
    const keep = (bytes: number) => this.#keep(position, memory.subarray(0, bytes));
    return count instanceof Promise ? count.then(keep) : keep(count);
  }

  /** Small pieces share memory: each of its own would cost more than reading into it. */
  #memory(bytes: number): Buffer {
    if (bytes > SMALL_BYTES) return Buffer.allocUnsafeSlow(bytes);
    if (this.#free.length < bytes) this.#free = Buffer.allocUnsafeSlow(SHARED_BYTES);
    const memory = this.#free.subarray(0, bytes);
    this.#free = this.#free.subarray(bytes);
    return memory;
  }

  #keep(position: number, piece: Buffer): Buffer {
    this.#keptBytes += piece.length - (this.#kept.get(position)?.length ?? 0);
    this.#kept.set(position, piece);
    for (const [oldest, { length }] of this.#kept) {
      if (this.#keptBytes <= MOST_KEPT_BYTES) break;
      this.#kept.delete(oldest);
      this.#keptBytes -= length;
    }
    return piece;
  }
}

function whole(piece: Buffer, length: number): Buffer {
  if (piece.length < length) throw endsWithin();
  return piece.length === length ? piece : piece.subarray(0, length);
}
