import type { Board } from './board.ts';
import { OVERDUE_FACTOR, OVERDUE_MARGIN_MS, SILENT_AFTER_MS, UNKNOWN_FLASH_MS } from './limits.ts';

/**
 * `board` at `nowMs`: its record has events only, and being overdue or silent is none. `expectedMs`: how long flashing
 * takes boards like it, if known. A board that is being answered (`isHeard`) is not silent.
 */
export function atTime(board: Board, nowMs: number, expectedMs: number | undefined, isHeard: boolean): Board {
  const { state, lastSeenMs } = board;
  if (!isHeard && nowMs - lastSeenMs >= SILENT_AFTER_MS) {
    return { ...board, state: { kind: 'silent', sinceMs: lastSeenMs } };
  }
  if (state.kind !== 'flashing') return board;
  const { build } = state;
  const overdueMs = state.sinceMs + patience(expectedMs);
  if (nowMs > overdueMs) {
    const shouldTakeMs = expectedMs ?? UNKNOWN_FLASH_MS;
    return { ...board, state: { kind: 'overdue', sinceMs: overdueMs, build, expectedMs: shouldTakeMs } };
  }
  return expectedMs === undefined ? board : { ...board, state: { ...state, expectedMs } };
}

/** When the state of `board`, if it is not heard of, next changes by time alone; undefined for never. */
export function nextChangeMs(board: Board, nowMs: number, expectedMs: number | undefined): number | undefined {
  const { state, lastSeenMs } = board;
  const overdueMs = state.kind === 'flashing' ? state.sinceMs + patience(expectedMs) + 1 : 0;
  const silentMs = lastSeenMs + SILENT_AFTER_MS;
  const [next] = [overdueMs, silentMs].filter((atMs) => atMs > nowMs).sort((a, b) => a - b);
  return next;
}

/** How long after its image a board may take before it is overdue. */
function patience(expectedMs: number | undefined): number {
  if (expectedMs === undefined) return UNKNOWN_FLASH_MS;
  return Math.max(OVERDUE_FACTOR * expectedMs, expectedMs + OVERDUE_MARGIN_MS);
}
