import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Disk } from '../contents/disk.ts';
import { bootPartition } from '../contents/image-contents.ts';
import { parsePartitions, SECTOR_BYTES } from '../contents/partitions.ts';

/** A boot partition larger than this is not mkbox's; what lies behind is not kept. */
const LARGEST_BYTES = 1024 ** 3;

/** Zeros are not written: most of a boot partition is empty, and files may have holes. */
const ZEROS = Buffer.alloc(64 * 1024);

/**
 * Keeps the beginning of a raw image that streams by, up to the end of its boot partition, in a temporary file: to be
 * read at any place afterwards, without holding it in memory. Close it.
 */
export class BootSpool implements Disk {
  /** Undefined when it could be removed already. */
  readonly #folder: string | undefined;
  readonly #file: FileHandle;
  /** Bytes to keep; known with the first sector. */
  #wanted = SECTOR_BYTES;
  /** The first sector, as far as it went by. */
  #head = Buffer.alloc(0);
  #size = 0;
  #failure: unknown;

  private constructor(folder: string | undefined, file: FileHandle) {
    this.#folder = folder;
    this.#file = file;
  }

  /** @throws what making a file in the system's temporary folder may throw. */
  static async create(): Promise<BootSpool> {
    const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-boot-'));
    try {
      const file = await open(path.join(folder, 'boot'), 'wx+', 0o600);
      // nothing is left behind when the thread, or the process, is ended; Windows may keep what is open
      const isRemoved = await rm(folder, { recursive: true }).then(
        () => true,
        () => false,
      );
      return new BootSpool(isRemoved ? undefined : folder, file);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Bytes of the image that went by. */
  get size(): number {
    return this.#size;
  }

  /** What kept it from keeping all that it should, such as a full disk. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Takes the image's next bytes. */
  async take(bytes: Buffer): Promise<void> {
    const start = this.#size;
    this.#size += bytes.length;
    if (start < SECTOR_BYTES) {
      this.#head = Buffer.concat([this.#head, bytes.subarray(0, SECTOR_BYTES - start)]);
      this.#wanted = wantedBytes(this.#head);
    }
    if (start >= this.#wanted || this.#failure !== undefined) return;
    const kept = bytes.subarray(0, this.#wanted - start);
    try {
      for (let at = 0; at < kept.length; at += ZEROS.length) {
        const piece = kept.subarray(at, at + ZEROS.length);
        if (!piece.equals(ZEROS.subarray(0, piece.length))) await this.#write(piece, start + at);
      }
    } catch (error) {
      this.#failure = error;
    }
  }

  /** What was not written is zero, up to where the image was kept. */
  async read(buffer: Buffer, position: number): Promise<number> {
    const count = Math.max(0, Math.min(buffer.length, Math.min(this.#size, this.#wanted) - position));
    buffer.fill(0, 0, count);
    for (let at = 0; at < count; ) {
      const { bytesRead } = await this.#file.read(buffer, at, count - at, position + at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    return count;
  }

  async close(): Promise<void> {
    await this.#file.close();
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }

  async #write(piece: Buffer, position: number): Promise<void> {
    for (let at = 0; at < piece.length; ) {
      const { bytesWritten } = await this.#file.write(piece, at, piece.length - at, position + at);
      at += bytesWritten;
    }
  }
}

function wantedBytes(first: Buffer): number {
  const boot = bootPartition(parsePartitions(first) ?? []);
  return boot === undefined ? SECTOR_BYTES : Math.min(boot.start + boot.bytes, LARGEST_BYTES);
}
