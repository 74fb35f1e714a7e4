import * as vscode from 'vscode';
import type { Command } from './command.ts';
import { chooseBoard } from './pick-board.ts';

/** From its next request on, the board is answered as up to date. */
export const holdBoard: Command = {
  id: 'mkbox.holdBoard',
  async run(context, row) {
    const board = await chooseBoard(context, row, vscode.l10n.t('Hold Board'), ({ isHeld }) => !isHeld);
    if (board !== undefined) (await context.boards.open()).hold(board.id, true);
  },
};

/** From its next request on, the board gets what it asks for. */
export const releaseBoard: Command = {
  id: 'mkbox.releaseBoard',
  async run(context, row) {
    const board = await chooseBoard(context, row, vscode.l10n.t('Release Board'), ({ isHeld }) => isHeld);
    if (board !== undefined) (await context.boards.open()).hold(board.id, false);
  },
};
