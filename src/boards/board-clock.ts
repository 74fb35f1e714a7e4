import { uptime } from 'node:os';
import { CLOCK_IS_SET_FROM_MS, LEAST_SET_MS } from './limits.ts';
import { latestMoment, type Move, moved } from './moments.ts';

/** The clocks of a machine, in milliseconds. */
export interface Clocks {
  /** Since 1970. Anyone may set it, and NTP does, once it is reached. */
  readonly now: () => number;
  /** Since some moment. Nobody sets it, and it goes on while the machine sleeps. */
  readonly elapsed: () => number;
}

/**
 * The time by which boards are recorded. When the machine's clock is set, `onSet` is told how to move what was recorded:
 * what was five minutes ago is so still, be it that years went by for the clock.
 */
export class BoardClock {
  readonly #clocks: Clocks;
  readonly #onSet: (move: Move) => void;
  /** The machine's clock, less the one that nobody sets. */
  #differenceMs: number;
  /** How far it is put ahead of the machine's clock, which is not set yet. */
  #aheadMs = 0;
  /** When this process began to record. */
  #startedAtMs: number;

  constructor(clocks: Clocks, onSet: (move: Move) => void) {
    this.#clocks = clocks;
    this.#onSet = onSet;
    this.#startedAtMs = clocks.now();
    this.#differenceMs = this.#startedAtMs - clocks.elapsed();
  }

  /** Milliseconds since 1970. Ask before you look at what was recorded: that is when it moves. */
  readonly now = (): number => {
    const nowMs = this.#clocks.now();
    const differenceMs = nowMs - this.#clocks.elapsed();
    const setMs = differenceMs - this.#differenceMs;
    if (Math.abs(setMs) < LEAST_SET_MS) return nowMs + this.#aheadMs;
    const move: Move = { fromMs: this.#startedAtMs, byMs: setMs - this.#aheadMs, nowMs };
    this.#differenceMs = differenceMs;
    this.#aheadMs = 0;
    this.#startedAtMs = Math.min(nowMs, this.#startedAtMs + move.byMs);
    this.#onSet(move);
    return nowMs;
  };

  /**
   * What was kept, as it counts now. Nothing of it is later: where the clock was ahead then, it was now. On a machine that
   * starts somewhere in the past, the time goes on from what was kept instead, until the clock is set.
   */
  taken<T>(kept: T): T {
    const nowMs = this.now();
    const latestMs = latestMoment(kept);
    if (latestMs < nowMs + LEAST_SET_MS) return kept;
    if (nowMs >= CLOCK_IS_SET_FROM_MS) return moved(kept, { fromMs: Number.POSITIVE_INFINITY, byMs: 0, nowMs });
    this.#startedAtMs = latestMs + 1;
    this.#aheadMs += this.#startedAtMs - nowMs;
    return kept;
  }
}

/** These clocks, or this machine's. Where `now` alone is given, and put forward, that time goes by. */
export function clocksOf({ now, elapsed }: { [K in keyof Clocks]?: Clocks[K] | undefined }): Clocks {
  const system = systemClocks();
  return { now: now ?? system.now, elapsed: elapsed ?? now ?? system.elapsed };
}

/** This machine's clocks. `performance.now` stands while it sleeps: how long that was is looked up when the other one jumped. */
function systemClocks(): Clocks {
  let differenceMs = Date.now() - performance.now();
  let sleptMs = 0;
  const bootedAtMs = uptime() * 1000 - performance.now();
  const elapsed = (): number => {
    const awakeMs = performance.now();
    const nowDifferenceMs = Date.now() - awakeMs;
    if (Math.abs(nowDifferenceMs - differenceMs) >= LEAST_SET_MS / 2) {
      differenceMs = nowDifferenceMs;
      sleptMs = uptime() * 1000 - awakeMs - bootedAtMs; // read from a file, of seconds on some systems
    }
    return awakeMs + sleptMs;
  };
  return { now: Date.now, elapsed };
}
