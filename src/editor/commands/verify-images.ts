import * as vscode from 'vscode';
import type { CatalogImage } from '../../images/catalog.ts';
import { verifyImage } from '../../images/verify.ts';
import { faultWords } from '../request-words.ts';
import type { Verdicts } from '../verdicts.ts';
import { bytesText } from '../words.ts';

/** Checks the content of `images` against their checksums, with a notification that shows how far it is. */
export async function verifyImages(
  images: readonly CatalogImage[],
  verdicts: Verdicts,
  log: vscode.LogOutputChannel,
): Promise<void> {
  const ready = images.filter((image) => image.state.kind === 'ready');
  const totalBytes = ready.reduce((sum, { state }) => sum + (state.kind === 'ready' ? state.zstBytes : 0), 0);
  const { l10n, window, ProgressLocation, env } = vscode;
  const options = {
    location: ProgressLocation.Notification,
    title: l10n.t('mkbox: verifying checksums'),
    cancellable: true,
  };
  const problems = await window.withProgress(options, async (progress, token) => {
    const abort = new AbortController();
    const subscription = token.onCancellationRequested(() => abort.abort());
    let doneBytes = 0;
    const found: string[] = [];
    try {
      for (const image of ready) {
        const onProgress = (bytes: number) => {
          doneBytes += bytes;
          const message = `${image.image} (${bytesText(doneBytes, env.language)} / ${bytesText(totalBytes, env.language)})`;
          progress.report({ message, increment: (bytes / Math.max(1, totalBytes)) * 100 });
        };
        const problem = await verifyOne(image, verdicts, onProgress, abort.signal);
        log.info(`verified ${image.id}: ${problem ?? 'right'}`);
        if (problem !== undefined) found.push(problem);
      }
      return found;
    } catch (error) {
      if (abort.signal.aborted) return undefined;
      throw error;
    } finally {
      subscription.dispose();
    }
  });
  if (problems === undefined) return;
  if (problems.length > 0) void window.showErrorMessage(`mkbox: ${problems.join('; ')}`);
  else window.setStatusBarMessage(l10n.t('mkbox: {0} images verified', ready.length), 5_000);
}

async function verifyOne(
  image: CatalogImage,
  verdicts: Verdicts,
  onProgress: (bytes: number) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { l10n } = vscode;
  const verdict = await verifyImage(image, onProgress, signal);
  switch (verdict.kind) {
    case 'right':
      verdicts.note(image.id, verdict);
      return undefined;
    case 'wrong':
      verdicts.note(image.id, verdict);
      return l10n.t('{0} is not what its .img.sha256 says; build it again', `${image.image}.img.zst`);
    case 'changed':
      return l10n.t('{0} was written to while it was verified', `${image.image}.img.zst`);
    case 'incomplete':
      return faultWords(verdict.fault, l10n);
  }
}
