import type { Disk } from '../contents/disk.ts';
import { SUPERBLOCK_END } from '../contents/ext-superblock.ts';
import { bootPartition, rootPartition } from '../contents/image-contents.ts';
import { parsePartitions, SECTOR_BYTES } from '../contents/partitions.ts';
import { SparseStore } from './sparse-store.ts';

/** A boot partition larger than this is not mkbox's; what lies behind is not kept. */
const LARGEST_BYTES = 1024 ** 3;

/** Zeros are not kept: most of a boot partition is empty. */
const ZEROS = Buffer.alloc(64 * 1024);

/** Bytes from `start` to before `end`. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * Keeps what there is to look at of a raw image that streams by: the partition table, the boot partition, and the
 * superblock of the root partition. It can be read at any place afterwards. Close it.
 */
export class BootSpool implements Disk {
  readonly #store: SparseStore;
  /** What to keep; known with the first sector. */
  #wanted: readonly Stretch[] = [{ start: 0, end: SECTOR_BYTES }];
  /** The first sector, as far as it went by. */
  #head = Buffer.alloc(0);
  #size = 0;

  private constructor(store: SparseStore) {
    this.#store = store;
  }

  /** Never throws: where no temporary file can be made, memory takes its place. */
  static async create(): Promise<BootSpool> {
    return new BootSpool(await SparseStore.create());
  }

  /** One that writes to no file: bounded memory is all it has. */
  static inMemory(): BootSpool {
    return new BootSpool(SparseStore.inMemory());
  }

  /** Bytes of the image that went by. */
  get size(): number {
    return this.#size;
  }

  /** What kept it from keeping all that it should, and where, such as a full temporary folder. */
  get failure(): string | undefined {
    return this.#store.failure;
  }

  /** Takes the image's next bytes. */
  async take(bytes: Buffer): Promise<void> {
    const start = this.#size;
    this.#size += bytes.length;
    if (start < SECTOR_BYTES) {
      this.#head = Buffer.concat([this.#head, bytes.subarray(0, SECTOR_BYTES - start)]);
      this.#wanted = wantedStretches(this.#head);
    }
    for (const wanted of this.#wanted) {
      const from = Math.max(wanted.start, start);
      const to = Math.min(wanted.end, this.#size);
      for (let at = from; at < to; at += ZEROS.length) {
        const piece = bytes.subarray(at - start, Math.min(at + ZEROS.length, to) - start);
        if (!piece.equals(ZEROS.subarray(0, piece.length))) await this.#store.write(piece, at);
      }
    }
  }

  /** What was not kept is zero; nothing is there behind the end of the image, nor within what was not to be kept. */
  async read(buffer: Buffer, position: number): Promise<number> {
    const stretch = this.#wanted.find(({ start, end }) => start <= position && position < end);
    const end = Math.min(this.#size, stretch?.end ?? 0);
    const count = Math.max(0, Math.min(buffer.length, end - position));
    await this.#store.read(buffer.subarray(0, count), position);
    return count;
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

/** The first stretch holds the table and the boot partition, and what lies between them. */
function wantedStretches(first: Buffer): Stretch[] {
  const partitions = parsePartitions(first) ?? [];
  const boot = bootPartition(partitions);
  const root = rootPartition(partitions);
  const bootEnd = boot === undefined ? SECTOR_BYTES : Math.min(boot.start + boot.bytes, LARGEST_BYTES);
  const stretches = [{ start: 0, end: bootEnd }];
  if (root !== undefined && root.start >= bootEnd)
    stretches.push({ start: root.start, end: root.start + SUPERBLOCK_END });
  return stretches;
}
