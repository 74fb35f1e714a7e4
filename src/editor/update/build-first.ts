import * as vscode from 'vscode';
import type { Board } from '../../boards/board.ts';
import { UserError } from '../../errors.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import type { Builds } from '../build/builds.ts';
import { boardName } from '../words/board-name.ts';
import { refusedText } from '../words/build-words.ts';
import { plainMessage } from '../words/plain-message.ts';

/** Whether an image is built before a board is updated: in any case, where it is stale and the user wants that, or not. */
export type BuildFirst = 'always' | 'when stale' | 'never';

/**
 * Builds `image` before `board` is updated, as far as that is wanted. Whether the update is to go on.
 * @throws UserError when it can't be built.
 */
export async function buildFirst(
  builds: Builds,
  image: CatalogImage,
  board: Board,
  when: BuildFirst,
): Promise<boolean> {
  if (when === 'never') return true;
  const answer = when === 'always' ? 'build' : await askWhereStale(builds, image, board);
  if (answer !== 'build') return answer === 'as it is';
  const { l10n } = vscode;
  const wish = builds.wishOf(image);
  if (wish === undefined) throw new UserError(l10n.t('there is no BOXBUILD to build {0} from.', image.image));
  const outcome = await builds.build(wish);
  if (outcome.kind === 'refused') throw new UserError(refusedText(outcome.reason, l10n));
  return outcome.kind === 'built'; // of others the user was told
}

async function askWhereStale(
  builds: Builds,
  image: CatalogImage,
  board: Board,
): Promise<'build' | 'as it is' | undefined> {
  const newer = builds.wishOf(image) && (await builds.newerFile(image));
  if (newer === undefined) return 'as it is';
  const { l10n, window, workspace } = vscode;
  const [build, asItIs] = [l10n.t('Build and Update'), l10n.t('Update Without Building')];
  const file = workspace.asRelativePath(newer.path);
  const text = l10n.t(
    'mkbox: {0} is older than {1}. Build it before {2} is updated?',
    image.image,
    file,
    boardName(board),
  );
  const answer = await window.showInformationMessage(plainMessage(text), build, asItIs);
  if (answer === build) return 'build';
  return answer === asItIs ? 'as it is' : undefined;
}
