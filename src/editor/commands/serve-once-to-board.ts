import * as vscode from 'vscode';
import type { Command } from './command.ts';
import { chooseBoard } from './pick-board.ts';

/** The board gets one update, whatever keeps that back. Where nothing is served, the server runs for that only. */
export const serveOnceToBoard: Command = {
  id: 'mkbox.serveOnceToBoard',
  needsTrustedFolder: true,
  async run(context, row) {
    const { serving, boards } = context;
    const title = vscode.l10n.t('Serve Once to a Board');
    const board = await chooseBoard(context, row, title, ({ isHeld }) => !isHeld);
    if (board === undefined) return;
    if (serving.wanted?.kind === 'all') (await boards.acts()).serveOnce([board.id]);
    else await serving.serve({ kind: 'once', client: board.address });
  },
};

/** The same under the title that a board's menu has for it. */
export const serveOnceToThisBoard: Command = { ...serveOnceToBoard, id: 'mkbox.serveOnceToThisBoard' };
