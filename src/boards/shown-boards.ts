import type { Board } from './board.ts';
import type { BoardIndex, Entry } from './board-index.ts';
import { FlashTimes } from './flash-times.ts';
import { atTime, nextChangeMs } from './state-in-time.ts';

/** The boards as they are at a moment: their records have events only, and being overdue or silent is none. */
export class ShownBoards {
  readonly #index: BoardIndex;
  readonly #now: () => number;
  /** How long boards take. */
  times = new FlashTimes();

  constructor(index: BoardIndex, now: () => number) {
    this.#index = index;
    this.#now = now;
  }

  /** All of them, in the order in which they are shown. */
  get list(): readonly Board[] {
    const nowMs = this.#now();
    return this.#index.sorted.map((entry) => this.#at(entry, nowMs));
  }

  get(id: string): Board | undefined {
    const nowMs = this.#now();
    const entry = this.#index.get(id);
    return entry === undefined ? undefined : this.#at(entry, nowMs);
  }

  /** When one of them next changes by time alone; undefined for never. */
  nextChangeMs(): number | undefined {
    const nowMs = this.#now();
    let next: number | undefined;
    for (const { board } of this.#index.values()) {
      const changeMs = nextChangeMs(board, nowMs, this.#expectedMs(board)) ?? Number.POSITIVE_INFINITY;
      if (changeMs < (next ?? Number.POSITIVE_INFINITY)) next = changeMs;
    }
    return next;
  }

  #at({ board, newest }: Entry, nowMs: number): Board {
    return atTime(board, nowMs, this.#expectedMs(board), newest !== undefined);
  }

  #expectedMs(board: Board): number | undefined {
    return board.state.kind === 'flashing' ? this.times.expected(board) : undefined;
  }
}
