import { read, readSync } from 'node:fs';
import path from 'node:path';
import { Haste, isLocal } from './haste.ts';

/** More takes this thread longer than another one does on the way there and back. */
const MOST_BYTES_HERE = 64 * 1024;

/** Reads an open file at any place: small pieces in this thread, while they are in memory. */
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
    const patiently = () => readPatiently(this.#fd, buffer, position);
    if (this.#haste === undefined || buffer.length > MOST_BYTES_HERE) return patiently();
    return this.#haste.look(() => readSync(this.#fd, buffer, 0, buffer.length, position), patiently);
  }
}

function readPatiently(fd: number, buffer: Buffer, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, 0, buffer.length, position, (error, bytesRead) => (error ? reject(error) : resolve(bytesRead)));
  });
}
