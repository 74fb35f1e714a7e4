import type { Board, ServeOnce } from './board.ts';

/** What someone serves a board once, until it has it. */
export function pendingOnce({ once }: Pick<Board, 'once'>): ServeOnce | undefined {
  return once?.isDone ? undefined : once;
}
