import * as vscode from 'vscode';
import type { Board } from '../boards/board.ts';
import type { BoardRegistry } from '../boards/board-registry.ts';
import { UserError } from '../errors.ts';
import { boardName } from './words/board-name.ts';
import { goneBoardsText, goneBoardText } from './words/gone-board.ts';
import { plainMessage } from './words/plain-message.ts';

/**
 * The record of a board now; undefined where it has none. It may have been forgotten, and have asked again since, or another
 * record, with its MAC, may have taken it in.
 */
export function recordNow(
  { id, address, wish }: Board,
  registry: Pick<BoardRegistry, 'get' | 'boards'>,
): Board | undefined {
  const isIt = (other: Board) =>
    other.address === address && other.wish.box === wish.box && other.wish.board === wish.board;
  return registry.get(id) ?? registry.boards.find(isIt);
}

/** A board as it is now, of which the user was asked something. @throws UserError where it is no longer listed */
export function knownBoard(board: Board, registry: BoardRegistry): Board {
  const now = recordNow(board, registry);
  if (now === undefined) throw new UserError(goneBoardText(boardName(board), vscode.l10n));
  return now;
}

/** Those of `boards` that are still listed, as they are now, each once. The user is told of the others: nothing is done to them. */
export function knownBoards(boards: readonly Board[], registry: BoardRegistry): readonly Board[] {
  const now = boards.map((board) => recordNow(board, registry));
  tellGone(boards.filter((_, index) => now[index] === undefined).map(boardName), boards.length);
  return [...new Map(now.flatMap((board) => (board === undefined ? [] : [[board.id, board] as const]))).values()];
}

/** Their IDs, for what is done to them. */
export function idsOf(boards: readonly Board[]): readonly string[] {
  return boards.map(({ id }) => id);
}

/** Tells of boards that are no longer listed, `of` so many that something was to be done to. Their names, where they are known. */
export function tellGone(names: readonly (string | undefined)[], of: number): void {
  const { l10n, window } = vscode;
  if (names.length === 0) return;
  const text = of === 1 ? goneBoardText(names[0], l10n) : goneBoardsText(names.length, of, l10n);
  void window.showWarningMessage(plainMessage(l10n.t('mkbox: {0}', text)));
}
