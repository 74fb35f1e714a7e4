import * as vscode from 'vscode';
import type { Command } from './command.ts';
import { requestOf } from './rows.ts';

/** Shows the row of the board that made a request. */
export const showBoardOfRequest: Command = {
  id: 'mkbox.showBoardOfRequest',
  actsOn: (row) => requestOf(row) !== undefined,
  async run({ boards, boardsView }, row) {
    const transfer = requestOf(row);
    if (transfer === undefined) return;
    const board = (await boards.open()).boardOf(transfer.client, transfer.asked);
    if (board !== undefined) await (await boardsView).show(board.id);
    else vscode.window.setStatusBarMessage(vscode.l10n.t('This request is of no board that is known.'), 4_000);
  },
};

/** Shows the row of the image that a request found. */
export const showImageOfRequest: Command = {
  id: 'mkbox.showImageOfRequest',
  actsOn: (row) => requestOf(row) !== undefined,
  async run({ imagesView, project }, row) {
    const image = project.snapshot.byId.get(requestOf(row)?.resolution?.found?.id ?? '');
    if (image !== undefined) await (await imagesView).reveal({ kind: 'image', image });
    else vscode.window.setStatusBarMessage(vscode.l10n.t('This image is no longer there.'), 4_000);
  },
};
