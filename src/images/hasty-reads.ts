import { read, readSync } from 'node:fs';
import path from 'node:path';
import { Haste, isLocal } from './haste.ts';

/** Read at a time in this thread: some 10 µs from memory, less than it takes to hand a read to another thread. */
const STEP_BYTES = 64 * 1024;

/** Reads an open file at any place: in this thread, step by step, while it is in memory. */
export class HastyReads {
  readonly #fd: number;
  /** Undefined where reading may keep this thread waiting. */
  readonly #haste: Haste | undefined;

  private constructor(fd: number, haste: Haste | undefined) {
    this.#fd = fd;
    this.#haste = haste;
  }

  /** Of the file at `filePath`, which is open under the descriptor `fd` as long as it is read. */
  static async of(fd: number, filePath: string): Promise<HastyReads> {
    return new HastyReads(fd, (await isLocal(path.dirname(filePath))) ? new Haste() : undefined);
  }

  /** Fills `buffer` from `position` on; answers how many bytes there were. */
  read(buffer: Buffer, position: number): number | Promise<number> {
    if (this.#haste === undefined) return readPatiently(this.#fd, buffer, position);
    if (buffer.length <= STEP_BYTES) return this.#step(this.#haste, buffer, position);
    return this.#steps(this.#haste, buffer, position);
  }

  async #steps(haste: Haste, buffer: Buffer, position: number): Promise<number> {
    for (let filled = 0; filled < buffer.length; ) {
      const count = await this.#step(haste, buffer.subarray(filled), position + filled);
      if (count === 0) return filled;
      filled += count;
    }
    return buffer.length;
  }

  /** A step in this thread, or all of it in another one. */
  #step(haste: Haste, buffer: Buffer, position: number): number | Promise<number> {
    return haste.look(
      () => readSync(this.#fd, buffer, 0, Math.min(STEP_BYTES, buffer.length), position),
      () => readPatiently(this.#fd, buffer, position),
    );
  }
}

function readPatiently(fd: number, buffer: Buffer, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, 0, buffer.length, position, (error, bytesRead) => (error ? reject(error) : resolve(bytesRead)));
  });
}
