import * as vscode from 'vscode';
import { findingText, gapText } from '../../checks/finding-text.ts';
import type { ImageChecks } from '../../checks/image-checks.ts';
import type { Verdict } from '../../checks/verdict.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import type { ImageState } from '../../images/image-state.ts';
import { ENGLISH } from '../../words.ts';
import { abortOn } from '../abort-on.ts';
import { noneReadyText } from '../words/image-words.ts';
import { plainMessage } from '../words/plain-message.ts';
import { IN_THE_EDITOR } from '../words/remedies.ts';
import { progressText } from '../words/words.ts';
import type { Project } from '../workspace/project.ts';
import type { Command, CommandContext, Row } from './command.ts';
import { imageOf } from './rows.ts';
import { showProblem } from './show-problem.ts';

type ReadyState = Extract<ImageState, { kind: 'ready' }>;

/** An image that is complete: others are not checked. */
interface ReadyImage {
  readonly image: CatalogImage;
  readonly state: ReadyState;
}

/** What is wrong with an image, as one clause. */
interface Problem {
  readonly image: string;
  readonly text: string;
}

/** Verifies all images. A view's title gives its commands the row that has the focus, which is not asked for here. */
export const verify: Command = {
  id: 'mkbox.verify',
  run: (context) => verifyImages(context.project.snapshot.images, context),
};

/** Verifies the image of a row, or the images of a box's row. */
export const verifyRow: Command = {
  id: 'mkbox.verifyRow',
  run: (context, row) => verifyImages(imagesOf(row, context.project), context),
};

function imagesOf(row: Row | undefined, { snapshot }: Project): readonly CatalogImage[] {
  if (typeof row === 'object' && row.kind === 'box') {
    return snapshot.images.filter((image) => image.folder === row.box.path);
  }
  const image = imageOf(row);
  return image === undefined ? [] : [image];
}

/**
 * Verifies the complete ones of `images`, with a notification that shows the progress. What is already known is not
 * read again.
 */
async function verifyImages(images: readonly CatalogImage[], { checks, log }: CommandContext): Promise<void> {
  const { l10n, window, ProgressLocation } = vscode;
  const ready = images.flatMap((image) => (image.state.kind === 'ready' ? [{ image, state: image.state }] : []));
  if (ready.length === 0) {
    void window.showInformationMessage(noneReadyText(l10n));
    return;
  }
  const title = l10n.t('mkbox: verifying images');
  const options = { location: ProgressLocation.Notification, title, cancellable: true };
  const problems = await window.withProgress(options, async (progress, token) => {
    using abort = abortOn(token);
    return verifyAll(ready, checks, log, progress, abort.signal).catch((error: unknown) => {
      if (abort.signal.aborted) return undefined;
      throw error;
    });
  });
  if (problems === undefined) return;
  const [first, ...others] = problems;
  if (first === undefined) {
    const done =
      ready.length === 1 ? l10n.t('mkbox: 1 image verified') : l10n.t('mkbox: {0} images verified', ready.length);
    window.setStatusBarMessage(done, 5_000);
    return;
  }
  const more = others.length === 0 ? '' : ` ${l10n.t('({0} more: see the log)', others.length)}`;
  await showProblem(l10n.t('mkbox: {0}: {1}', first.image, first.text) + more);
}

/** Returns a problem for each image that is wrong. */
async function verifyAll(
  images: readonly ReadyImage[],
  checks: ImageChecks,
  log: vscode.LogOutputChannel,
  progress: vscode.Progress<{ message: string; increment: number }>,
  signal: AbortSignal,
): Promise<Problem[]> {
  const totalBytes = images.reduce((sum, { state }) => sum + state.zstBytes, 0);
  let doneBytes = 0;
  const problems: Problem[] = [];
  for (const { image, state } of images) {
    const advance = (bytes: number) => {
      doneBytes += bytes;
      const message = `${image.image} (${progressText(doneBytes, totalBytes, vscode.l10n, vscode.env.language)})`;
      progress.report({ message: plainMessage(message), increment: (bytes / totalBytes) * 100 });
    };
    const doneBefore = doneBytes;
    advance(0);
    const { zstIdentity: identity, buildId, checksums } = state;
    const set = { ...image, identity, buildId, checksums };
    const verdict = await checks.verdict(set, { urgency: 'some time', onProgress: advance, signal });
    advance(doneBefore + state.zstBytes - doneBytes);
    noteVerdict(image, verdict, log);
    const text = problemText(image.image, verdict);
    if (text !== undefined) problems.push({ image: image.image, text });
  }
  return problems;
}

/** Logs all findings, and what could not be checked. */
function noteVerdict({ id, image }: CatalogImage, verdict: Verdict, log: vscode.LogOutputChannel): void {
  switch (verdict.kind) {
    case 'right':
      log.info(`verified ${id}: right`);
      break;
    case 'wrong':
      for (const finding of verdict.findings) {
        log.error(`verified ${id}: wrong: ${findingText(image, finding, ENGLISH, IN_THE_EDITOR)}`);
      }
      break;
    case 'changed':
      log.warn(`verified ${id}: its files changed while they were read`);
      return;
    case 'failed':
      log.error(`verified ${id}: it could not be read (${verdict.code})`);
      return;
  }
  for (const gap of verdict.gaps) log.info(`verified ${id}: not checked: ${gapText(gap)}`);
}

/** What a verdict has against an image, as one clause; undefined where nothing. */
export function problemText(image: string, verdict: Verdict): string | undefined {
  const { l10n } = vscode;
  switch (verdict.kind) {
    case 'right':
      return undefined;
    case 'wrong':
      return findingText(image, verdict.findings[0], l10n, IN_THE_EDITOR);
    case 'changed':
      return l10n.t('{0} changed while it was being verified', `${image}.img.zst`);
    case 'failed':
      return l10n.t('{0} could not be read ({1})', `${image}.img.zst`, verdict.code);
  }
}
