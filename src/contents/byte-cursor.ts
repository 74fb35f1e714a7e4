/** Takes bytes one field after another from chunks that come in any sizes. Close it. */
export class ByteCursor {
  readonly #chunks: AsyncIterator<Buffer>;
  #chunk: Buffer = Buffer.alloc(0);
  #position = 0;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Bytes taken or passed so far. */
  get position(): number {
    return this.#position;
  }

  /** The next `length` bytes, fewer where there are no more; they are the caller's until it asks again. */
  async take(length: number): Promise<Buffer> {
    if (this.#chunk.length >= length) return this.#advance(length);
    const parts: Buffer[] = [];
    for (let left = length; left > 0 && (await this.#fill()); ) {
      const part = this.#advance(Math.min(left, this.#chunk.length));
      parts.push(part);
      left -= part.length;
    }
    return Buffer.concat(parts);
  }

  /** The next `length` bytes, fewer where there are no more, which are still to be taken. */
  async peek(length: number): Promise<Buffer> {
    // without a copy of all that is at hand
    if (this.#chunk.length >= length) return this.#chunk.subarray(0, length);
    const bytes = await this.take(length);
    this.giveBack(bytes);
    return bytes;
  }

  /** Up to `length` bytes, in the pieces that they come in. */
  async *chunks(length: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0 && (await this.#fill()); ) {
      const piece = this.#advance(Math.min(left, this.#chunk.length));
      left -= piece.length;
      yield piece;
    }
  }

  /** Takes bytes back that were taken last: they are the next again. */
  giveBack(bytes: Buffer): void {
    this.#chunk = this.#chunk.length === 0 ? bytes : Buffer.concat([bytes, this.#chunk]);
    this.#position -= bytes.length;
  }

  /** Skips `length` bytes; whether there were as many. */
  async skip(length: number): Promise<boolean> {
    for (let left = length; left > 0; ) {
      if (!(await this.#fill())) return false;
      left -= this.#advance(Math.min(left, this.#chunk.length)).length;
    }
    return true;
  }

  /** Skips zeros; whether anything follows them. */
  async skipZeros(): Promise<boolean> {
    while (await this.#fill()) {
      const zeros = this.#chunk.findIndex((byte) => byte !== 0);
      this.#advance(zeros === -1 ? this.#chunk.length : zeros);
      if (zeros !== -1) return true;
    }
    return false;
  }

  /** Closes the source of the chunks. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  #advance(length: number): Buffer {
    const bytes = this.#chunk.subarray(0, length);
    this.#chunk = this.#chunk.subarray(length);
    this.#position += length;
    return bytes;
  }

  /** Makes sure that there is a byte to take; whether there is. */
  async #fill(): Promise<boolean> {
    while (this.#chunk.length === 0) {
      const next = await this.#chunks.next();
      if (next.done) return false;
      this.#chunk = next.value;
    }
    return true;
  }
}
