import * as vscode from 'vscode';
import { sshTerminal } from '../update/ssh-terminal.ts';
import type { Command } from './command.ts';
import { chooseBoard } from './pick-board.ts';

/** Opens a terminal on a board. */
export const openSshTerminal: Command = {
  id: 'mkbox.openSshTerminal',
  async run(context, row) {
    const board = await chooseBoard(context, row, vscode.l10n.t('Open SSH Terminal'));
    if (board !== undefined) sshTerminal(board, context.settings).show();
  },
};
