import * as vscode from 'vscode';
import { boardName } from '../words/board-name.ts';
import type { Command } from './command.ts';
import { chooseBoard } from './pick-board.ts';

/** Forgets a board, once the user has confirmed that. */
export const forgetBoard: Command = {
  id: 'mkbox.forgetBoard',
  async run(context, row) {
    const { l10n, window } = vscode;
    const board = await chooseBoard(context, row, l10n.t('Forget Board'));
    if (board === undefined) return;
    const forget = l10n.t('Forget');
    const detail = board.isHeld
      ? l10n.t('Its name and its builds are lost, and it is no longer on hold. It reappears when it next asks.')
      : l10n.t('Its name and its builds are lost. It reappears when it next asks.');
    const message = l10n.t('Forget the board {0}?', boardName(board));
    const answer = await window.showWarningMessage(message, { modal: true, detail }, forget);
    if (answer === forget) (await context.boards.open()).forget(board.id);
  },
};
