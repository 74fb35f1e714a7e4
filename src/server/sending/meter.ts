import { BURST_MS } from '../limits.ts';

const MS_PER_S = 1000;

/**
 * A line with a rate in bytes per second, and what was put on it: pure arithmetic on the times it is given, in
 * milliseconds. The next piece may go when the previous one is through. Unused capacity is made up for, up to
 * `BURST_MS` of it: in any stretch of time no more is sent than the rate allows in that time and `BURST_MS`, and one
 * piece.
 */
export class Meter {
  readonly #bytesPerMs: number;
  /** When the line has taken all that was put on it. */
  #freeAtMs = Number.NEGATIVE_INFINITY;

  constructor(bytesPerSecond: number) {
    this.#bytesPerMs = bytesPerSecond / MS_PER_S;
  }

  /** Milliseconds until the next piece may go; 0 for now. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#freeAtMs - nowMs);
  }

  /** Puts a piece on the line. */
  put(bytes: number, nowMs: number): void {
    this.#freeAtMs = Math.max(this.#freeAtMs, nowMs - BURST_MS) + bytes / this.#bytesPerMs;
  }
}
