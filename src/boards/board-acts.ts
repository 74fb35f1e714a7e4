import type { Act, Board, Pin, ServeOnce } from './board.ts';
import { cut } from './board-record.ts';
import { MOST_TAGS } from './limits.ts';

/** `board` on hold. What it was to be served once, it is not. */
export function held(board: Board, act: Act | undefined): Board {
  const { held: _, once: __, ...rest } = board;
  return { ...rest, isHeld: true, ...(act === undefined ? {} : { held: act }) };
}

/** `board` released: from its hold, and from having been stopped as one that flashes itself again and again. */
export function released(board: Board): Board {
  const { held: _, ...rest } = board;
  const [last, ...earlier] = board.history;
  const history = last === undefined ? [] : [{ ...last, loops: 0 }, ...earlier];
  return { ...rest, isHeld: false, history };
}

/** `board` pinned, or no longer. */
export function pinned(board: Board, pin: Pin | undefined): Board {
  const { pin: _, ...rest } = board;
  return pin === undefined ? rest : { ...rest, pin };
}

/** `board` as it gets one update, whatever else would keep that back. */
export function servedOnce(board: Board, once: ServeOnce): Board {
  return { ...board, once };
}

/** `board` when one of its requests was answered whole: of what it was to be served once, it has that. */
export function hasOnce(board: Board): Board {
  return board.once === undefined ? board : { ...board, once: { ...board.once, isDone: true } };
}

/** A tag as boards have it, of what someone typed: one word; empty where nothing is left of it. */
export function tagOf(text: string): string {
  return cut(text.trim().replace(/[\s,]+/g, '-'));
}

/** `board` with these tags only: sorted, each once. */
export function tagged(board: Board, tags: readonly string[]): Board {
  const { tags: _, ...rest } = board;
  const given = tags.map(tagOf).filter((tag) => tag !== '');
  const sorted = [...new Set(given)].sort().slice(0, MOST_TAGS);
  return sorted.length === 0 ? rest : { ...rest, tags: sorted };
}
