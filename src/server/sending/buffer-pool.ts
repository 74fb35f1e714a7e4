/** Buffers kept for the next transfer: those of eight boards, which hold 8 MiB. */
const KEPT_BUFFERS = 16;

/**
 * Buffers that outlive the transfer they were made for: a buffer for each would be as much garbage as it sent, and the
 * memory outside the heap would be collected late.
 */
export class BufferPool {
  readonly #free: Buffer[] = [];

  /** A buffer of `bytes` bytes, with anything in it. */
  take(bytes: number): Buffer {
    const index = this.#free.findLastIndex((buffer) => buffer.length === bytes);
    const [buffer] = index === -1 ? [] : this.#free.splice(index, 1);
    return buffer ?? Buffer.allocUnsafeSlow(bytes);
  }

  /** Gives back a buffer that nobody reads or writes any more. */
  give(buffer: Buffer): void {
    this.#free.push(buffer);
    if (this.#free.length > KEPT_BUFFERS) this.#free.shift();
  }
}
