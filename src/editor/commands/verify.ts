import * as vscode from 'vscode';
import type { CatalogImage } from '../../images/catalog.ts';
import { showProblem } from '../show-problem.ts';
import { untilCancelled } from '../until-cancelled.ts';
import { verifyAll } from '../verifying.ts';
import { noneReadyText } from '../words/image-words.ts';
import { plainMessage } from '../words/plain-message.ts';
import type { Project } from '../workspace/project.ts';
import type { Command, CommandContext, Row } from './command.ts';
import { imageOf } from './rows.ts';

/** Verifies all images. A view's title gives its commands the row that has the focus, which is not asked for here. */
export const verify: Command = {
  id: 'mkbox.verify',
  run: (context) => verifyImages(context.project.snapshot.images, context),
};

/** Verifies the image of a row, or the images of a box's row. */
export const verifyRow: Command = {
  id: 'mkbox.verifyRow',
  actsOn: (row) => imageOf(row) !== undefined || (typeof row === 'object' && row.kind === 'box'),
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
    void window.showInformationMessage(plainMessage(noneReadyText(l10n)));
    return;
  }
  const title = l10n.t('mkbox: verifying images');
  const options = { location: ProgressLocation.Notification, title, cancellable: true };
  const problems = await window.withProgress(options, (progress, token) => {
    const report = (message: string, increment: number) =>
      progress.report({ message: plainMessage(message), increment });
    return untilCancelled(token, (signal) => verifyAll(ready, checks, log, report, signal));
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
