import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { systemErrorCode } from '../errors.ts';

/** Memory is taken in blocks of this size. */
const BLOCK_BYTES = 64 * 1024;

/** The most that is held in memory where there is no room for a file: what a boot partition has in it, and some more. */
const MOST_BLOCKS = (64 * 1024 ** 2) / BLOCK_BYTES;

/** Reads and writes go to the system's cache and take some µs each: after so many, the thread looks at its messages. */
const CALLS_PER_TURN = 256;

/**
 * Bytes that are written anywhere and read anywhere, on a worker thread; what was not written is zero. They are in a
 * temporary file with holes, or, from where there is no room for it, in memory that is bounded. Close it.
 */
export class SparseStore {
  #file: { readonly fd: number; readonly folder: string | undefined } | undefined;
  /** Why no more goes to the file: the system's name for it. */
  #fileFailure: string | undefined;
  #failure: string | undefined;
  /** What is in memory, by number; it counts instead of what is in the file. */
  readonly #blocks = new Map<number, Buffer>();
  #calls = 0;

  private constructor() {}

  /** A store that writes to no file: bounded memory is all it has. */
  static inMemory(): SparseStore {
    return new SparseStore();
  }

  /** A store with a file in the system's temporary folder, if one can be made. */
  static async create(): Promise<SparseStore> {
    const store = new SparseStore();
    try {
      store.#file = await makeFile();
    } catch (error) {
      store.#fileFailure = systemErrorCode(error) ?? String(error);
    }
    return store;
  }

  /** Why not all could be kept, and where: `ENOSPC in the temporary folder /tmp`. */
  get failure(): string | undefined {
    return this.#failure;
  }

  async write(bytes: Buffer, position: number): Promise<void> {
    if (this.#failure !== undefined) return;
    await this.#turn();
    if (this.#file !== undefined && this.#fileFailure === undefined) {
      try {
        for (let at = 0; at < bytes.length; ) {
          at += writeSync(this.#file.fd, bytes, at, bytes.length - at, position + at);
        }
        return;
      } catch (error) {
        this.#fileFailure = systemErrorCode(error) ?? String(error);
      }
    }
    for (let at = 0; at < bytes.length; ) {
      const number = Math.floor((position + at) / BLOCK_BYTES);
      const block = this.#blocks.get(number) ?? this.#makeBlock(number);
      if (block === undefined) return;
      at += bytes.copy(block, position + at - number * BLOCK_BYTES, at);
    }
  }

  /** Fills the buffer. */
  async read(buffer: Buffer, position: number): Promise<void> {
    await this.#turn();
    this.#readFile(buffer, position);
    if (this.#blocks.size === 0) return;
    for (let at = 0; at < buffer.length; ) {
      const number = Math.floor((position + at) / BLOCK_BYTES);
      const offset = position + at - number * BLOCK_BYTES;
      this.#blocks.get(number)?.copy(buffer, at, offset);
      at += BLOCK_BYTES - offset;
    }
  }

  async close(): Promise<void> {
    this.#blocks.clear();
    if (this.#file === undefined) return;
    const { fd, folder } = this.#file;
    this.#file = undefined;
    closeSync(fd);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }

  /** A block with what the file has of it; undefined when there is no more room. */
  #makeBlock(number: number): Buffer | undefined {
    if (this.#blocks.size === MOST_BLOCKS) {
      this.#failure =
        this.#fileFailure === undefined
          ? `more than ${(MOST_BLOCKS * BLOCK_BYTES) / 1024 ** 2} MiB of content`
          : `${this.#fileFailure} in the temporary folder ${tmpdir()}`;
      this.#blocks.clear();
      return undefined;
    }
    const block = Buffer.alloc(BLOCK_BYTES);
    this.#readFile(block, number * BLOCK_BYTES);
    this.#blocks.set(number, block);
    return block;
  }

  #readFile(buffer: Buffer, position: number): void {
    buffer.fill(0);
    if (this.#file === undefined) return;
    for (let at = 0; at < buffer.length; ) {
      const count = readSync(this.#file.fd, buffer, at, buffer.length - at, position + at);
      if (count === 0) return;
      at += count;
    }
  }

  async #turn(): Promise<void> {
    this.#calls++;
    if (this.#calls % CALLS_PER_TURN === 0) await setImmediate();
  }
}

async function makeFile(): Promise<{ fd: number; folder: string | undefined }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-boot-'));
  try {
    const fd = openSync(path.join(folder, 'boot'), 'wx+', 0o600);
    // nothing is left behind when the thread, or the process, is ended; Windows may keep what is open
    const isRemoved = await rm(folder, { recursive: true }).then(
      () => true,
      () => false,
    );
    return { fd, folder: isRemoved ? undefined : folder };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
