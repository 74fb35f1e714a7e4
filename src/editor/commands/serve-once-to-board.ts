import * as vscode from 'vscode';
import type { Command } from './command.ts';
import { chooseBoard } from './pick-board.ts';

/** Serves one update to the board's address alone. */
export const serveOnceToBoard: Command = {
  id: 'mkbox.serveOnceToBoard',
  needsTrust: true,
  async run(context, row) {
    const title = vscode.l10n.t('Serve Once to a Board');
    const board = await chooseBoard(context, row, title, ({ isHeld }) => !isHeld);
    if (board !== undefined) await context.serving.serve({ kind: 'once', client: board.address });
  },
};

/** The same under the title that a board's menu has for it. */
export const serveOnceToThisBoard: Command = { ...serveOnceToBoard, id: 'mkbox.serveOnceToThisBoard' };
