import * as vscode from 'vscode';
import type { Command, CommandContext, Row } from './command.ts';
import { chooseBoard } from './pick-board.ts';

/** From its next request on, the board is answered as up to date. */
export const holdBoard: Command = {
  id: 'mkbox.holdBoard',
  run: (context, row) => hold(context, row, vscode.l10n.t('Hold Board'), true),
};

/** From its next request on, the board gets what it asks for. */
export const releaseBoard: Command = {
  id: 'mkbox.releaseBoard',
  run: (context, row) => hold(context, row, vscode.l10n.t('Release Board'), false),
};

async function hold(context: CommandContext, row: Row | undefined, title: string, toHold: boolean): Promise<void> {
  const board = await chooseBoard(context, row, title, ({ isHeld }) => isHeld !== toHold);
  if (board !== undefined) (await context.boards.open()).hold(board.id, toHold);
}
