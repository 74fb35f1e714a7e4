/** Bytes of free buffers kept for the next pieces; a crowd rarely frees more at a time. */
const KEPT_BYTES = 8 * 1024 * 1024;

/**
 * Buffers that outlive their piece: a new one for each would make as much garbage as was sent, and memory outside
 * the heap is collected late.
 */
export class BufferPool {
  /** Oldest first; the newest is used first, since it is still in the processor's cache. */
  readonly #free: Buffer[] = [];
  #freeBytes = 0;

  /** A buffer of `bytes` bytes, with anything in it. */
  take(bytes: number): Buffer {
    const index = this.#free.findLastIndex((buffer) => buffer.length === bytes);
    const [buffer] = index === -1 ? [] : this.#free.splice(index, 1);
    if (buffer === undefined) return Buffer.allocUnsafeSlow(bytes);
    this.#freeBytes -= bytes;
    return buffer;
  }

  /** Gives back a buffer that nobody reads or writes any more. */
  give(buffer: Buffer): void {
    this.#free.push(buffer);
    this.#freeBytes += buffer.length;
    while (this.#freeBytes > KEPT_BYTES) this.#freeBytes -= this.#free.shift()?.length ?? 0;
  }
}
