import * as vscode from 'vscode';
import type { Board } from '../../boards/board.ts';
import { idsOf, knownBoards } from '../known-boards.ts';
import { boardName } from '../words/board-name.ts';
import { plainMessage } from '../words/plain-message.ts';
import { chooseBoards } from './choose-boards.ts';
import type { Command } from './command.ts';

/** Forgets boards, once the user has confirmed that. */
export const forgetBoard: Command = {
  id: 'mkbox.forgetBoard',
  async run(context, row, selected) {
    const { l10n, window } = vscode;
    const boards = await chooseBoards(context, { row, selected, title: l10n.t('Forget Board') });
    const [board, ...others] = boards;
    if (board === undefined) return;
    const forget = l10n.t('Forget');
    const message =
      others.length === 0
        ? l10n.t('Forget the board {0}?', boardName(board))
        : l10n.t('Forget {0} boards?', boards.length);
    const answer = await window.showWarningMessage(
      plainMessage(message),
      { modal: true, detail: lossText(boards) },
      forget,
    );
    if (answer !== forget) return;
    const { registry, acts } = await context.boards.openAll();
    acts.forget(idsOf(knownBoards(boards, registry)));
  },
};

/** What is lost with `boards`. */
function lossText(boards: readonly Board[]): string {
  const { l10n } = vscode;
  const isAssigned = boards.some(({ isHeld, pin }) => isHeld || pin !== undefined);
  if (boards.length > 1) {
    return l10n.t(
      'Their names, tags and builds are lost, and none is on hold or pinned any more. They reappear when they next ask.',
    );
  }
  return isAssigned
    ? l10n.t('Its name and its builds are lost, and it is no longer on hold or pinned. It reappears when it next asks.')
    : l10n.t('Its name and its builds are lost. It reappears when it next asks.');
}
