import { FRAME_MS, LONGEST_SLEEP_MS } from './limits.ts';

/** Options of a clock. */
export interface ChangeClockOptions {
  /** Called when something changed, at most four times a second. */
  readonly tell: () => void;
  /** Whether something changes without `changed()`: then `tell` is called in every frame. */
  readonly isMoving: () => boolean;
  /** When something next changes by time alone, by `now`; nothing does without it. */
  readonly nextMs?: () => number | undefined;
  /** Milliseconds since 1970; the system's clock without it. */
  readonly now?: () => number;
}

/** Calls `tell` for changes: soon, not too often, and when time alone made one. It keeps no process alive. */
export class ChangeClock {
  readonly #options: ChangeClockOptions;
  #timer: NodeJS.Timeout | undefined;
  #firesAt = Number.POSITIVE_INFINITY;
  #toldAt = Number.NEGATIVE_INFINITY;
  #dueMs = Number.POSITIVE_INFINITY;
  #isChanged = false;
  #isClosed = false;

  constructor(options: ChangeClockOptions) {
    this.#options = options;
  }

  /** Something changed. */
  changed(): void {
    this.#isChanged = true;
    this.#wakeIn(this.#toldAt + FRAME_MS - performance.now());
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #wakeIn(ms: number): void {
    const waitMs = Math.max(0, Math.ceil(ms));
    const firesAt = performance.now() + waitMs;
    if (this.#isClosed || firesAt >= this.#firesAt) return;
    clearTimeout(this.#timer);
    this.#firesAt = firesAt;
    this.#timer = setTimeout(() => this.#wake(), waitMs).unref();
  }

  #wake(): void {
    const { tell, isMoving, nextMs, now = Date.now } = this.#options;
    this.#firesAt = Number.POSITIVE_INFINITY;
    if (this.#isChanged || now() >= this.#dueMs) {
      this.#isChanged = false;
      this.#toldAt = performance.now();
      tell();
      this.#isChanged ||= isMoving();
      this.#dueMs = this.#isChanged ? Number.POSITIVE_INFINITY : (nextMs?.() ?? Number.POSITIVE_INFINITY);
    }
    if (this.#isChanged) this.#wakeIn(FRAME_MS);
    else if (this.#dueMs < Number.POSITIVE_INFINITY) this.#wakeIn(Math.min(this.#dueMs - now(), LONGEST_SLEEP_MS));
  }
}
