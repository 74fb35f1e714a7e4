import * as vscode from 'vscode';
import { MOST_TEXT } from '../../boards/limits.ts';
import { knownBoard } from '../known-boards.ts';
import { boardName } from '../words/board-name.ts';
import { lengthProblem } from '../words/typed-text.ts';
import type { Command } from './command.ts';
import { chooseBoard } from './pick-board.ts';

/** Asks for a board's name; an empty one takes it away. */
export const renameBoard: Command = {
  id: 'mkbox.renameBoard',
  async run(context, row) {
    const { l10n, window } = vscode;
    const board = await chooseBoard(context, row, l10n.t('Rename Board'));
    if (board === undefined) return;
    const name = await window.showInputBox({
      // a key renames the board that is selected, which need not be the one that has the focus
      title: l10n.t('Rename the Board {0}', boardName(board)),
      prompt: l10n.t('The name of the board in this window; leave it empty to show the address'),
      placeHolder: board.address,
      value: board.name ?? '',
      validateInput: (text) => lengthProblem(text, MOST_TEXT, l10n),
    });
    if (name === undefined) return;
    const { registry, acts } = await context.boards.openAll();
    acts.rename(knownBoard(board, registry).id, name);
  },
};
