import * as vscode from 'vscode';
import type { Board } from '../boards/board.ts';
import { nextImage } from '../boards/next-image.ts';
import { compareInventories, unexpectedOf } from '../contents/inventory-difference.ts';
import { bugText, UserError } from '../errors.ts';
import type { CatalogImage } from '../images/catalog.ts';
import type { Builds } from './build/builds.ts';
import type { EndedBuild, RunningBuild } from './build/running-builds.ts';
import type { ChangesView } from './changes/changes-view.ts';
import type { Source } from './changes/comparison.ts';
import { Owner } from './dispose.ts';
import { idsOf, knownBoards } from './known-boards.ts';
import type { Boards } from './serving/boards.ts';
import { showFailure } from './show-problem.ts';
import { boardsToUpdateText, builtText, failedText, packagesChangedText } from './words/build-words.ts';
import { plainMessage } from './words/plain-message.ts';
import type { Project } from './workspace/project.ts';

export interface BuildNoticesParts {
  readonly builds: Builds;
  readonly boards: Boards;
  readonly project: Project;
  /** The view of changes: its code is read when builds are compared. */
  readonly changes: () => Promise<ChangesView>;
  readonly log: vscode.LogOutputChannel;
}

/** Tells what came of each build, and what can be done with it. */
export class BuildNotices extends Owner {
  readonly #parts: BuildNoticesParts;

  constructor(parts: BuildNoticesParts) {
    super();
    this.#parts = parts;
    this.own(parts.builds.onDidBegin((begun) => this.#keepInventory(begun)));
    this.own(
      parts.builds.onDidEnd((ended) =>
        this.#tell(ended).catch((error) => showFailure('after a build', error, parts.log)),
      ),
    );
  }

  /** Keeps what is in the build before, while its image is still there: what a build changed is told by it. */
  async #keepInventory({ folder, image }: RunningBuild): Promise<void> {
    const { project, changes, log } = this.#parts;
    const old = project.snapshot.images.find((it) => it.folder === folder && it.image === image);
    if (old?.state.kind !== 'ready') return;
    try {
      await (await changes()).inventories.takeQuietly(old);
    } catch (error) {
      log.info(
        `${old.id}: no inventory of the build before: ${error instanceof UserError ? error.message : bugText(error)}`,
      );
    }
  }

  async #tell(ended: EndedBuild): Promise<void> {
    const { l10n, window } = vscode;
    const { outcome, image, wish } = ended;
    if (outcome.kind === 'failed') {
      const what = image ?? wish.board;
      await window.showErrorMessage(plainMessage(l10n.t('mkbox: {0}', failedText(what, outcome.status, l10n))));
    } else if (outcome.kind === 'built' && outcome.image?.state.kind === 'ready') {
      await this.#tellBuilt(ended, outcome.image, outcome.image.state.zstBytes, outcome.tookMs);
    }
  }

  async #tellBuilt({ before }: EndedBuild, image: CatalogImage, zstBytes: number, tookMs: number): Promise<void> {
    const { boards, changes, log } = this.#parts;
    const { l10n, window, env } = vscode;
    const { registry, acts } = await boards.openAll();
    const waiting = this.#boardsFor(image);
    const old: Source | undefined = before && { kind: 'kept', buildId: before.buildId };
    const packages = before && (await this.#packagesChanged(before.buildId, image));
    const built = builtText({ image: image.image, tookMs, zstBytes }, before?.zstBytes, l10n, env.language);
    const sentences = [
      built,
      ...(packages === undefined ? [] : [packagesChangedText(packages, l10n)]),
      ...(waiting.length === 0 ? [] : [boardsToUpdateText(waiting.length, l10n)]),
    ];
    log.info(`built ${image.id} in ${tookMs} ms: ${zstBytes} bytes`);
    const [update, hold, show] = [l10n.t('Update Now'), l10n.t('Hold'), l10n.t('Show Changes')];
    const buttons = [...(waiting.length === 0 ? [] : [update, hold]), ...(packages === undefined ? [] : [show])];
    const message = l10n.t('mkbox: {0}', sentences.join(' '));
    const answer = await window.showInformationMessage(plainMessage(message), ...buttons);
    if (answer === show && old !== undefined) await (await changes()).compare(old, { kind: 'image', image });
    if (answer === hold) acts.hold(idsOf(knownBoards(waiting, registry))); // it may stand for hours
    if (answer === update) await updateOneOf(waiting);
  }

  /** The boards that get this build when they ask next. */
  #boardsFor(image: CatalogImage): Board[] {
    const { boards, project } = this.#parts;
    return boards.list.filter((board) => {
      const isFixed = board.isHeld || board.pin?.build !== undefined;
      const next = isFixed ? undefined : nextImage(board, project.served.snapshot);
      const isThis = image.state.kind === 'ready' && next?.build === image.state.buildId;
      return isThis && next.image.id === image.id && next.isOther;
    });
  }

  /** How many packages differ from a build before; undefined where no inventory of that, or of this one, can be taken. */
  async #packagesChanged(buildId: string, image: CatalogImage): Promise<number | undefined> {
    const { changes, log } = this.#parts;
    const { inventories } = await changes();
    const before = await inventories.kept(buildId);
    try {
      const after = before && (await inventories.take(image));
      return before && after && unexpectedOf(compareInventories(before, after)).packages.length;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      log.info(`${image.id}: no inventory of the build: ${error.message}`); // that it was built is told all the same
      return undefined;
    }
  }
}

/** Updates the only board that waits; of several, the one that the user picks. */
async function updateOneOf(waiting: readonly Board[]): Promise<void> {
  const [only, ...others] = waiting;
  const row = only !== undefined && others.length === 0 ? [{ kind: 'board', id: only.id }] : [];
  await vscode.commands.executeCommand('mkbox.updateBoard', ...row);
}
