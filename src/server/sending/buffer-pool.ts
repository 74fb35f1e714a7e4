/** Buffers kept for the next transfer: those of eight boards, which hold 8 MiB. */
const KEPT_BUFFERS = 16;

/**
 * Buffers that outlive their transfer: a new one for each would make as much garbage as was sent, and memory outside
 * the heap is collected late.
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
