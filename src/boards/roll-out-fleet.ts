import type { Board } from './board.ts';
import type { RollOut } from './roll-out.ts';

/** The boards that count for a roll-out, by whether they can be expected to ask. */
export interface Fleet {
  readonly boards: readonly Board[];
  /** Those that have not asked for long. */
  readonly silent: readonly Board[];
}

/**
 * The boards of a roll-out: those whose last request was for its image, and members of which nobody knows yet what they
 * ask for; but none that is on hold or pinned, since it does not get what is rolled out. `all`: the boards there are.
 */
export function fleetOf({ image, members }: Pick<RollOut, 'image' | 'members'>, all: readonly Board[]): Fleet {
  const ids = new Set(members.map(({ board }) => board));
  const [boards, silent]: [Board[], Board[]] = [[], []];
  for (const board of all) {
    if (board.isHeld || board.pin !== undefined) continue;
    if (board.image !== image && !(ids.has(board.id) && isUnresolved(board))) continue;
    (board.state.kind === 'silent' ? silent : boards).push(board);
  }
  return { boards, silent };
}

/** Whether it is not known what a board asks for: its request is being decided, or ended before. */
function isUnresolved({ image, state }: Board): boolean {
  return image === undefined || state.kind === 'checking';
}
