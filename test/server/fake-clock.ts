import type { Clock } from '../../src/server/sending/pace.ts';

/** A clock that stands until it is told how time goes by. */
export interface FakeClock extends Clock {
  /** Lets so many milliseconds go by, in which each call comes at its time. */
  pass(ms: number): void;
  /** Calls that are yet to come. */
  readonly pending: number;
}

/** A clock at 0 whose calls all come `lateMs` after they are due, as on a busy machine. */
export function fakeClock(lateMs = 0): FakeClock {
  const calls = new Set<{ readonly atMs: number; readonly callback: () => void }>();
  let nowMs = 0;
  return {
    now: () => nowMs,
    after(ms, callback) {
      const call = { atMs: nowMs + ms + lateMs, callback };
      calls.add(call);
      return () => void calls.delete(call);
    },
    pass(ms) {
      const untilMs = nowMs + ms;
      for (;;) {
        const [next] = [...calls].sort((a, b) => a.atMs - b.atMs);
        if (next === undefined || next.atMs > untilMs) break;
        calls.delete(next);
        nowMs = next.atMs;
        next.callback();
      }
      nowMs = untilMs;
    },
    get pending() {
      return calls.size;
    },
  };
}
