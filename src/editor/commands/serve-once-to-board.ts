import * as vscode from 'vscode';
import { knownBoard } from '../known-boards.ts';
import type { Command } from './command.ts';
import { chooseBoard } from './pick-board.ts';

/** The board gets one update, whatever keeps that back. Where nothing is served, the server runs for that only. */
export const serveOnceToBoard: Command = {
  id: 'mkbox.serveOnceToBoard',
  needsTrustedFolder: true,
  async run(context, row) {
    const { serving, boards } = context;
    const title = vscode.l10n.t('Serve Once to a Board');
    const chosen = await chooseBoard(context, row, title, ({ isHeld }) => !isHeld);
    if (chosen === undefined) return;
    const { registry, acts } = await boards.openAll();
    const board = knownBoard(chosen, registry);
    if (serving.wanted?.kind === 'all') acts.serveOnce([board.id]);
    else await serving.serve({ kind: 'once', client: board.address });
  },
};

/** The same under the title that a board's menu has for it. */
export const serveOnceToThisBoard: Command = { ...serveOnceToBoard, id: 'mkbox.serveOnceToThisBoard' };
