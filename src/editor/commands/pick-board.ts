import * as vscode from 'vscode';
import type { Board } from '../../boards/board.ts';
import type { BoardRegistry } from '../../boards/board-registry.ts';
import { boardName } from '../words/board-name.ts';
import { boardStateText, wishText } from '../words/board-words.ts';
import { clientText } from '../words/words.ts';

/** Lets the user pick one of the boards that `isWanted`; undefined when they don't, or when there is none. */
export async function pickBoard(
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
    const seen = { board, transfer: registry.transferOf(board.id), refusal: undefined, next: undefined };
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
