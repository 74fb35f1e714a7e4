import type { Board } from './board.ts';
import { cut } from './board-record.ts';
import { FLASH_SAMPLES, MOST_FLASH_KINDS, MOST_KEPT_TEXT, SILENT_AFTER_MS } from './limits.ts';

/** What is stored of the times: by the kind of board, the last ones in milliseconds. */
export type KeptFlashTimes = readonly (readonly [kind: string, times: readonly number[]])[];

/** Learns how long boards take from the last byte of an image until they ask again with its build. */
export class FlashTimes {
  readonly #byKind = new Map<string, readonly number[]>();

  constructor(kept: KeptFlashTimes = []) {
    for (const [kind, times] of kept.slice(-MOST_FLASH_KINDS)) this.#byKind.set(kind, times.slice(-FLASH_SAMPLES));
  }

  /** Records how long `board` took. Anything over a day was a board that was switched off. */
  learn(board: Board, tookMs: number): void {
    if (!(tookMs >= 0 && tookMs < SILENT_AFTER_MS)) return;
    const kind = kindOf(board);
    const times = [...(this.#byKind.get(kind) ?? []), tookMs].slice(-FLASH_SAMPLES);
    this.#byKind.delete(kind);
    this.#byKind.set(kind, times);
    for (const oldest of this.#byKind.keys()) {
      if (this.#byKind.size <= MOST_FLASH_KINDS) break;
      this.#byKind.delete(oldest);
    }
  }

  /** How long a board like `board` should take: the median of the last times; undefined if none is known. */
  expected(board: Board): number | undefined {
    const times = this.#byKind.get(kindOf(board));
    if (times === undefined) return undefined;
    return times.toSorted((a, b) => a - b)[Math.floor((times.length - 1) / 2)];
  }

  /** What to store. */
  get kept(): KeptFlashTimes {
    return [...this.#byKind];
  }
}

/** Boards of one kind, with one box's images, take about equally long. */
function kindOf({ wish: { box, board, image } }: Board): string {
  return cut(JSON.stringify([box, board ?? image]), MOST_KEPT_TEXT);
}
