import { MOST_BOARDS } from '../../src/boards/limits.ts';

/** The text of a state file (`STATE_PATH`) with as many boards as there can be. */
export function manyBoards(): string {
  const nowMs = Date.now();
  const [given, reported] = ['a'.repeat(64), 'b'.repeat(64)];
  const boards = Array.from({ length: MOST_BOARDS }, (_, at) => ({
    id: `board-${at}`,
    address: `192.0.${at >> 8}.${at & 255}`,
    wish: { box: 'box', board: 'pi' },
    reportedBuild: reported,
    state: { kind: 'up to date', sinceMs: nowMs, build: given },
    firstSeenMs: nowMs,
    lastSeenMs: nowMs,
    isHeld: false,
    history: [{ build: given, image: 'box/box-pi', givenAtMs: nowMs, confirmedAtMs: nowMs, times: 1 }],
  }));
  return JSON.stringify({ format: 1, flashTimes: [], boards });
}
