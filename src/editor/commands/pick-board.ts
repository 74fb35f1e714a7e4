import * as vscode from 'vscode';
import type { Board } from '../../boards/board.ts';
import type { BoardRegistry } from '../../boards/board-registry.ts';
import { UserError } from '../../errors.ts';
import { boardName } from '../words/board-name.ts';
import { boardStateText, type SeenBoard, wishText } from '../words/board-words.ts';
import { goneBoardText } from '../words/gone-board.ts';
import { clientText } from '../words/words.ts';
import type { CommandContext, Row } from './command.ts';
import { pick, selectedFirst } from './pick.ts';

/**
 * The row's board; without a row, the one that the user picks of those that `isWanted`, as it was when it was shown. None where
 * a group is selected. @throws UserError where the row's board is no longer listed
 */
export async function chooseBoard(
  context: CommandContext,
  row: Row | undefined,
  title: string,
  isWanted: (board: Board) => boolean = () => true,
): Promise<Board | undefined> {
  const registry = await context.boards.open();
  const id = await idOfBoard(context, row);
  const board = id === undefined ? undefined : registry.get(id);
  if (id !== undefined && board === undefined) throw new UserError(goneBoardText(undefined, vscode.l10n));
  if (board !== undefined) return board;
  const isOfOthers = row === 'selection' && (await context.boardsView).selection.length > 0;
  return isOfOthers ? undefined : pickBoard(context, registry, title, isWanted);
}

/** The ID of the board that a command is called on; undefined where the user is to pick one. */
export async function idOfBoard({ boardsView }: CommandContext, row: Row | undefined): Promise<string | undefined> {
  const first = row === 'selection' ? (await boardsView).selection.find((selected) => 'id' in selected) : row;
  return typeof first === 'object' && 'id' in first ? first.id : undefined;
}

/** A board in a list to pick from. */
export function boardPickItem(seen: Pick<SeenBoard, 'board' | 'transfer'>): vscode.QuickPickItem {
  const { board } = seen;
  return {
    label: boardName(board),
    description: [...(board.name === undefined ? [] : [clientText(board.address)]), wishText(board)].join(' · '),
    detail: boardStateText(seen, vscode.l10n, vscode.env.language),
  };
}

/** What the user is asked who is to pick a board, or boards. */
export function boardQuestion(title: string): Parameters<typeof pick>[2] {
  const { l10n } = vscode;
  return { title, placeHolder: l10n.t('The board'), none: l10n.t('mkbox: there is no board to choose.') };
}

async function pickBoard(
  { boardsView }: CommandContext,
  registry: BoardRegistry,
  title: string,
  isWanted: (board: Board) => boolean,
): Promise<Board | undefined> {
  const { selection } = await boardsView;
  const selected = selection.flatMap((node) => (node.kind === 'board group' ? [] : [node.id]));
  return pick(
    selectedFirst(registry.boards.filter(isWanted), ({ id }) => selected.includes(id)),
    (board) => boardPickItem({ board, transfer: registry.transferOf(board.id) }),
    boardQuestion(title),
  );
}
