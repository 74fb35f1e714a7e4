import type { Act, Board, Pin } from './board.ts';
import { cut } from './board-record.ts';
import { MOST_TAGS } from './limits.ts';

/** `board` on hold. */
export function held(board: Board, act: Act | undefined): Board {
  const { held: _, ...rest } = board;
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

/** `board` with these tags only: without spaces around them, sorted, each once. */
export function tagged(board: Board, tags: readonly string[]): Board {
  const { tags: _, ...rest } = board;
  const given = tags.map((tag) => cut(tag.trim().replace(/[\s,]+/g, '-'))).filter((tag) => tag !== '');
  const sorted = [...new Set(given)].sort().slice(0, MOST_TAGS);
  return sorted.length === 0 ? rest : { ...rest, tags: sorted };
}
