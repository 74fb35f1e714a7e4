import * as vscode from 'vscode';
import type { Board } from '../../boards/board.ts';
import type { BoardRegistry } from '../../boards/board-registry.ts';
import { boardName } from '../words/board-name.ts';
import { boardStateText, wishText } from '../words/board-words.ts';
import { clientText } from '../words/words.ts';
import type { CommandContext, Row } from './command.ts';

/** The row's board; without a row, the one that the user picks of those that `isWanted`. */
export async function chooseBoard(
  context: CommandContext,
  row: Row | undefined,
  title: string,
  isWanted: (board: Board) => boolean = () => true,
): Promise<Board | undefined> {
  const registry = await context.boards.open();
  const id = await idOfBoard(context, row);
  return id === undefined ? pickBoard(registry, title, isWanted) : registry.get(id);
}

/** The ID of the board that a command is called on; undefined where the user is to pick one. */
export async function idOfBoard({ boardsView }: CommandContext, row: Row | undefined): Promise<string | undefined> {
  if (row === 'selection') return (await boardsView).selected;
  return row !== undefined && 'id' in row ? row.id : undefined;
}

/** Undefined when the user picks none, or when there is none. */
async function pickBoard(
  registry: BoardRegistry,
  title: string,
  isWanted: (board: Board) => boolean,
): Promise<Board | undefined> {
  const { l10n, window, env } = vscode;
  const boards = registry.boards.filter(isWanted);
  if (boards.length === 0) {
    void window.showInformationMessage(l10n.t('mkbox: there is no board to choose.'));
    return undefined;
  }
  const items = boards.map((board) => {
    const seen = { board, transfer: registry.transferOf(board.id), next: undefined };
    const address = board.name === undefined ? [] : [clientText(board.address)];
    return {
      label: boardName(board),
      description: [...address, wishText(board)].join(' · '),
      detail: boardStateText(seen, l10n, env.language),
      board,
    };
  });
  const options = { title, placeHolder: l10n.t('The board'), matchOnDescription: true, matchOnDetail: true };
  return (await window.showQuickPick(items, options))?.board;
}
