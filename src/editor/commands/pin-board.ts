import path from 'node:path';
import * as vscode from 'vscode';
import type { Board } from '../../boards/board.ts';
import { MOST_KEPT_TEXT } from '../../boards/limits.ts';
import { type PinTarget, pinTargets } from '../../boards/pin-targets.ts';
import { idsOf, knownBoards } from '../known-boards.ts';
import { pinTargetText } from '../words/board-words.ts';
import { lengthProblem } from '../words/typed-text.ts';
import { chooseBoards } from './choose-boards.ts';
import type { Command, CommandContext } from './command.ts';
import { goneBuild, goneImage } from './known-images.ts';
import { pick } from './pick.ts';

/** From their next requests on, the boards get the image or the build that the user picks, whatever they ask for. */
export const pinBoard: Command = {
  id: 'mkbox.pinBoard',
  async run(context, row, selected) {
    const { l10n, window } = vscode;
    const title = l10n.t('Pin Board…');
    const boards = await chooseBoards(context, { row, selected, title });
    if (boards.length === 0) return;
    await context.builds.open();
    const target = await pick(targetsOf(boards, context), itemOf, {
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
    await requireThere(target, boards, context);
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

function targetsOf(boards: readonly Board[], { builds, project }: CommandContext): readonly PinTarget[] {
  const keptOf = (image: string) => builds.list.filter(({ id }) => id === image).map(({ buildId }) => buildId);
  return pinTargets(boards, project.served.snapshot, keptOf);
}

/** @throws UserError where a target went while the user was asked why: boards would get nothing */
async function requireThere(target: PinTarget, boards: readonly Board[], context: CommandContext): Promise<void> {
  await context.project.refresh(false);
  const { image, build } = target;
  const name = path.posix.basename(image);
  if (build === undefined && !context.project.snapshot.byId.has(image)) throw goneImage(name);
  const isThere = (other: PinTarget) => other.image === image && other.build === build;
  if (build !== undefined && !targetsOf(boards, context).some(isThere)) throw goneBuild(build, name);
}

function itemOf(target: PinTarget): vscode.QuickPickItem {
  const { label, description } = pinTargetText(target, vscode.l10n);
  return { label: `$(${target.build === undefined ? 'package' : 'pinned'}) ${label}`, description };
}
