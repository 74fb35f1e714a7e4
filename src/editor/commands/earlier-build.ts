import * as vscode from 'vscode';
import type { BoardRegistry } from '../../boards/board-registry.ts';
import { needOf } from '../../boards/build-need.ts';
import type { KeptBuild } from '../../builds/kept-build.ts';
import type { KeptBuilds } from '../../builds/kept-builds.ts';
import { serveBuild } from '../../control/serve-build.ts';
import { userName } from '../../control/user-name.ts';
import { UserError } from '../../errors.ts';
import { shortBuildId } from '../../images/build-id.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import { faultText } from '../../images/set-fault-text.ts';
import { withLateProgress } from '../late-progress.ts';
import { problemText } from '../verifying.ts';
import { keptBuildText } from '../words/earlier-words.ts';
import { plainMessage } from '../words/plain-message.ts';
import type { Command, CommandContext, Row } from './command.ts';
import { goneBuild } from './known-images.ts';
import { pick } from './pick.ts';
import { imageOf } from './rows.ts';

/** Most builds are known already. */
const SILENT_MS = 500;

/** Serves a kept build in place of the newest of its image, once it was verified. */
export const serveBuildAgain: Command = {
  id: 'mkbox.serveBuildAgain',
  async run(context, row) {
    const { l10n } = vscode;
    const builds = await context.builds.open();
    const build = await chooseBuild(context, row, l10n.t('Serve an Earlier Build'));
    if (builds === undefined || build === undefined) return;
    requireKept(build, builds);
    if (!(await verify(build, context))) return;
    requireKept(build, builds); // that may have taken long
    await serveBuild(build.id, build.buildId, { acts: await context.boards.acts(), builds, by: userName() });
    vscode.window.setStatusBarMessage(
      l10n.t('mkbox: boards get build {0} of {1}', shortBuildId(build.buildId), build.image),
      5_000,
    );
  },
};

/** Serves the newest build of an image again. */
export const serveNewest: Command = {
  id: 'mkbox.serveNewest',
  async run(context, row) {
    const { l10n } = vscode;
    const builds = await context.builds.open();
    const image = imageOf(row) ?? buildOf(row) ?? (await pickReplaced(context));
    if (builds === undefined || image === undefined) return;
    await serveBuild(image.id, undefined, { acts: await context.boards.acts(), builds, by: userName() });
    vscode.window.setStatusBarMessage(l10n.t('mkbox: boards get the newest build of {0}', image.image), 5_000);
  },
};

/** Deletes a kept build, once the user has confirmed that. */
export const deleteBuild: Command = {
  id: 'mkbox.deleteBuild',
  async run(context, row) {
    const { l10n, window } = vscode;
    const builds = await context.builds.open();
    const build = await chooseBuild(context, row, l10n.t('Delete an Earlier Build'));
    if (builds === undefined || build === undefined) return;
    const registry = await context.boards.open(); // until then, nobody knows what they need
    const requireUnneeded = () => requireNotNeeded(build, builds, registry);
    requireUnneeded();
    const message = l10n.t('Delete build {0} of {1}?', shortBuildId(build.buildId), build.image);
    const detail = l10n.t('Its copy is deleted: boards can no longer go back to it.');
    const toDelete = l10n.t('Delete');
    if ((await window.showWarningMessage(plainMessage(message), { modal: true, detail }, toDelete)) !== toDelete)
      return;
    await builds.remove({ imageId: build.id, buildId: build.buildId }, requireUnneeded);
  },
};

/** The build of a row; undefined where the row is none of a kept build. */
export function buildOf(row: Row | undefined): KeptBuild | undefined {
  return typeof row === 'object' && row.kind === 'build' ? row.build : undefined;
}

async function chooseBuild(
  context: CommandContext,
  row: Row | undefined,
  title: string,
): Promise<KeptBuild | undefined> {
  const { l10n, env } = vscode;
  const { builds, project, boards } = context;
  const earlier = project.snapshot.images.flatMap((image) => builds.before(image));
  const itemOf = (build: KeptBuild) => {
    const count = boards.list.filter(({ reportedBuild }) => reportedBuild === build.buildId).length;
    const seen = { build, boards: count, isServed: false };
    const detail = keptBuildText(seen, Date.now(), l10n, env.language);
    return { label: build.image, description: shortBuildId(build.buildId), detail };
  };
  const none = l10n.t('mkbox: no earlier build is kept.');
  return buildOf(row) ?? pick(earlier, itemOf, { title, placeHolder: l10n.t('The build'), none });
}

function pickReplaced({ project, builds }: CommandContext): Promise<CatalogImage | undefined> {
  const { l10n } = vscode;
  const replaced = project.snapshot.images.filter((image) => builds.published(image) !== image);
  const question = {
    title: l10n.t('Serve the Newest Build'),
    placeHolder: l10n.t('The image'),
    none: l10n.t('mkbox: the newest builds are served of all images.'),
  };
  return pick(replaced, ({ image, box }) => ({ label: image, description: box }), question);
}

/** Whether the build is right; false where the user did not want to wait. @throws UserError when it is not */
async function verify(build: KeptBuild, { checks }: CommandContext): Promise<boolean> {
  const { l10n } = vscode;
  const { state } = build;
  const name = shortBuildId(build.buildId);
  if (state.kind !== 'ready') throw unservable(name, faultText(state.fault, l10n));
  const { zstIdentity: identity, buildId, checksums, zstBytes } = state;
  const title = l10n.t('mkbox: verifying build {0} of {1}', name, build.image);
  const verdict = await withLateProgress(title, SILENT_MS, (signal, report) => {
    const onProgress = (bytes: number) => report((bytes / zstBytes) * 100);
    return checks.verdict({ ...build, identity, buildId, checksums }, { signal, onProgress });
  });
  const problem = verdict && problemText(build.image, verdict);
  if (problem !== undefined) throw unservable(name, problem);
  return verdict !== undefined;
}

function unservable(build: string, why: string): UserError {
  return new UserError(vscode.l10n.t("build {0} can't be served: {1}", build, why));
}

/** @throws UserError where a build is not kept any more */
function requireKept({ id, buildId, image }: KeptBuild, builds: KeptBuilds): void {
  if (builds.find({ imageId: id, buildId }) === undefined) throw goneBuild(buildId, image);
}

/** @throws UserError when boards are to get the build, or to be able to go back to it. */
function requireNotNeeded({ id, buildId, image }: KeptBuild, builds: KeptBuilds, registry: BoardRegistry): void {
  const { l10n } = vscode;
  const name = shortBuildId(buildId);
  if (builds.choiceOf(id)?.build === buildId) {
    throw new UserError(l10n.t('boards get build {0} of {1}: serve the newest first.', name, image));
  }
  switch (needOf(id, buildId, registry)) {
    case 'pinned':
      throw new UserError(l10n.t('boards are pinned to build {0} of {1}: unpin them first.', name, image));
    case 'way back':
      throw new UserError(l10n.t('the roll-out of {1} leads back to build {0}: finish it first.', name, image));
    case undefined:
  }
}
