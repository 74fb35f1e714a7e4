import { type PieceRoom, pieceRoom } from '../limits.ts';
import type { BufferPool } from './buffer-pool.ts';

/** The buffers of one transfer, which it holds only while a piece is read or sent. */
export class PieceBuffers {
  readonly #pool: BufferPool;
  readonly #running: () => number;
  readonly #held = new Set<Buffer>();

  /** `running`: how many transfers share the `pool` now. */
  constructor(pool: BufferPool, running: () => number) {
    this.#pool = pool;
    this.#running = running;
  }

  /** Room for the next piece. */
  get room(): PieceRoom {
    return pieceRoom(this.#running());
  }

  take(bytes: number): Buffer {
    const buffer = this.#pool.take(bytes);
    this.#held.add(buffer);
    return buffer;
  }

  /** Gives back a buffer that was sent. */
  give(buffer: Buffer): void {
    if (this.#held.delete(buffer)) this.#pool.give(buffer);
  }

  /** Gives back all, once nobody reads or writes them any more. */
  giveAll(): void {
    for (const buffer of this.#held) this.give(buffer);
  }
}
