import type { Board } from '../../boards/board.ts';
import { pendingOnce } from '../../boards/pending-once.ts';
import type { Transfer } from '../../server/transfer.ts';
import { clientText } from './words.ts';

/** What tells who asks. */
export type Asking = Pick<Transfer, 'client' | 'asked'>;

/** Where the board that asks is looked up. */
interface Boards {
  boardOf(asking: Asking): Board | undefined;
}

/** What people call a board: the name it was given, or its address. */
export function boardName({ name, address }: { name?: string | undefined; address: string }): string {
  return name ?? clientText(address);
}

/** What people call the board that asks, or its address. */
export function askerName(boards: Boards, asking: Asking): string {
  return boardName({ name: boards.boardOf(asking)?.name, address: asking.client });
}

/** The names that several of `boards` have. */
export function sharedNames(boards: readonly Pick<Board, 'name'>[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const again = new Set<string>();
  for (const { name } of boards) if (name !== undefined) (seen.has(name) ? again : seen).add(name);
  return again;
}

/** What the status tells of boards by their names. */
export function namesIn(boards: Boards & { readonly list: readonly Board[] }) {
  const { list } = boards;
  return { held: heldNames(list), once: onceNames(list), nameOf: (asking: Asking) => askerName(boards, asking) };
}

/** What people call those of `boards` that are to get one update, and have not got it. */
function onceNames(boards: readonly Board[]): string[] {
  return boards.filter((board) => pendingOnce(board) !== undefined).map(boardName);
}

/** What people call those of `boards` that are held. */
function heldNames(boards: readonly Board[]): string[] {
  return boards.filter(({ isHeld }) => isHeld).map(boardName);
}
