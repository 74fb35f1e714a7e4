import path from 'node:path';
import * as vscode from 'vscode';
import { asNamePart, isNamePart } from '../../boxbuild/built-image.ts';
import type { BuildWish } from '../../boxbuild/order.ts';
import { UserError } from '../../errors.ts';
import type { Builds } from '../build/builds.ts';
import { type BoxRecipe, recipeIn } from '../build/recipes.ts';
import { refusedText } from '../words/build-words.ts';
import { plainMessage } from '../words/plain-message.ts';
import type { Command, Row } from './command.ts';
import { pick } from './pick.ts';

/** Builds the image of the row; of a box, or of one that the user picks, those for the boards that they pick, in turn. */
export const buildImage: Command = {
  id: 'mkbox.buildImage',
  needsTrustedFolder: true,
  async run({ building }, row) {
    const opened = await building.open();
    for (const wish of await wishesFor(row, opened)) {
      const outcome = await opened.build(wish);
      if (outcome.kind === 'refused') throw new UserError(refusedText(outcome.reason, vscode.l10n));
      // those that follow would most likely fail alike
      if (outcome.kind !== 'built') return;
    }
  },
};

/** What to build for a row; nothing when the user does not choose. */
async function wishesFor(row: Row | undefined, builds: Builds): Promise<BuildWish[]> {
  const wish =
    typeof row === 'object' && (row.kind === 'image' || row.kind === 'unpacked' || row.kind === 'possible')
      ? builds.wishOf(row.image)
      : undefined;
  if (wish !== undefined) return named([wish], builds);
  const recipe = await recipeFor(row, builds);
  const boards = recipe && (await pickBoards(recipe));
  if (recipe === undefined || boards === undefined) return [];
  return named(
    boards.map((board) => ({ boxbuild: recipe.boxbuild, board })),
    builds,
  );
}

async function recipeFor(row: Row | undefined, builds: Builds): Promise<BoxRecipe | undefined> {
  const { l10n, workspace } = vscode;
  if (typeof row === 'object' && row.kind === 'box') return builds.recipeIn(row.box.path) ?? recipeIn(row.box);
  return pick(builds.recipes, ({ box }) => ({ label: box.name, description: workspace.asRelativePath(box.path) }), {
    title: l10n.t('Build Image'),
    placeHolder: l10n.t('The box'),
    none: l10n.t('mkbox: there is no box with a BOXBUILD.'),
  });
}

async function pickBoards({ box, boards }: BoxRecipe): Promise<readonly string[] | undefined> {
  const { l10n, window } = vscode;
  if (boards.length === 0)
    throw new UserError(l10n.t('there is no board to build {0} for: boards lie in boards.', box.name));
  if (boards.length === 1) return boards;
  const options = {
    title: l10n.t('Build the Box {0}', box.name),
    placeHolder: l10n.t('The boards to build for, one after another'),
    canPickMany: true,
  } as const;
  return window.showQuickPick([...boards], options);
}

/** Gives builds without a branch the usual one; asks about names that can't be part of an image's. */
async function named(wishes: readonly BuildWish[], builds: Builds): Promise<BuildWish[]> {
  const [first] = wishes;
  if (first === undefined) return [];
  const branch = first.branch ?? (await builds.tasks.usualBranch(path.dirname(first.boxbuild)));
  if (branch === undefined) return [...wishes];
  const usable = isNamePart(branch) ? branch : await askBranch(branch);
  return usable === undefined ? [] : wishes.map((wish) => ({ ...wish, branch: usable }));
}

function askBranch(branch: string): Thenable<string | undefined> {
  const { l10n, window } = vscode;
  return window.showInputBox({
    title: l10n.t('Build Image'),
    prompt: plainMessage(l10n.t("The branch {0} cannot be part of an image's name. Build it as:", branch)),
    value: asNamePart(branch),
    validateInput: (text) => (isNamePart(text) ? undefined : refusedText({ kind: 'bad name', part: text }, l10n)),
  });
}
