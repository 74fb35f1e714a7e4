import * as vscode from 'vscode';
import { MOST_KEPT_TEXT } from '../../boards/limits.ts';
import { type PinTarget, pinTargets } from '../../boards/pin-targets.ts';
import { idsOf, knownBoards } from '../known-boards.ts';
import { pinTargetText } from '../words/board-words.ts';
import { lengthProblem } from '../words/typed-text.ts';
import { chooseBoards } from './choose-boards.ts';
import type { Command } from './command.ts';
import { pick } from './pick.ts';

/** From their next requests on, the boards get the image or the build that the user picks, whatever they ask for. */
export const pinBoard: Command = {
  id: 'mkbox.pinBoard',
  async run(context, row, selected) {
    const { l10n, window } = vscode;
    const title = l10n.t('Pin Board…');
    const boards = await chooseBoards(context, { row, selected, title });
    if (boards.length === 0) return;
    const { list } = context.builds;
    const keptOf = (image: string) => list.filter(({ id }) => id === image).map(({ buildId }) => buildId);
    const targets = pinTargets(boards, context.project.served.snapshot, keptOf);
    const target = await pick(targets, itemOf, {
      title,
      placeHolder: l10n.t('What it gets, whatever it asks for'),
      none: l10n.t('mkbox: there is no complete image for this kind of board.'),
    });
    if (target === undefined) return;
    const why = await window.showInputBox({
      title,
      prompt: l10n.t('Why? You may leave this empty.'),
      validateInput: (text) => lengthProblem(text, MOST_KEPT_TEXT, l10n),
    });
    if (why === undefined) return;
    const { newest: _, ...pin } = target;
    const { registry, acts } = await context.boards.openAll();
    acts.pin(idsOf(knownBoards(boards, registry)), pin, why.trim() || undefined);
  },
};

/** From their next requests on, the boards get what they ask for. */
export const unpinBoard: Command = {
  id: 'mkbox.unpinBoard',
  async run(context, row, selected) {
    const title = vscode.l10n.t('Unpin Board');
    const isWanted = ({ board }: { board: { pin?: unknown } }) => board.pin !== undefined;
    const boards = await chooseBoards(context, { row, selected, title, isWanted });
    (await context.boards.acts()).unpin(idsOf(boards));
  },
};

function itemOf(target: PinTarget): vscode.QuickPickItem {
  const { label, description } = pinTargetText(target, vscode.l10n);
  return { label: `$(${target.build === undefined ? 'package' : 'pinned'}) ${label}`, description };
}
