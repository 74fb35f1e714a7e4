import type { FileHandle } from 'node:fs/promises';

/** Written at a time: what is decompressed meanwhile fills another buffer. */
const BUFFER_BYTES = 1024 * 1024;

/** Writes to a file while the next bytes are being made: they are copied, and written a megabyte at a time. Finish it. */
export class WriteBehind {
  readonly #file: FileHandle;
  #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #spare = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #filled = 0;
  /** Where what is in the buffer belongs. */
  #position = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Takes bytes that belong to `position`. @throws what an earlier write failed with */
  async write(bytes: Buffer, position: number): Promise<void> {
    if (position !== this.#position + this.#filled) {
      await this.#flush();
      this.#position = position;
    }
    for (let at = 0; at < bytes.length; ) {
      const count = bytes.copy(this.#buffer, this.#filled, at);
      at += count;
      this.#filled += count;
      if (this.#filled === this.#buffer.length) await this.#flush();
    }
  }

  /** Waits until all is written. @throws what a write failed with */
  async finish(): Promise<void> {
    await this.#flush();
    await this.#writing;
  }

  /** Begins to write what is in the buffer, once what was written before is. */
  async #flush(): Promise<void> {
    await this.#writing;
    if (this.#filled === 0) return;
    const bytes = this.#buffer.subarray(0, this.#filled);
    this.#writing = writeAll(this.#file, bytes, this.#position);
    this.#writing.catch(() => {}); // the next call throws it
    this.#position += this.#filled;
    this.#filled = 0;
    [this.#buffer, this.#spare] = [this.#spare, this.#buffer];
  }
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    at += (await file.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
  }
}
