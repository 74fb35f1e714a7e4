import * as vscode from 'vscode';
import { findingText, gapText } from '../checks/finding-text.ts';
import type { ImageChecks } from '../checks/image-checks.ts';
import type { Verdict } from '../checks/verdict.ts';
import { codeText } from '../code-text.ts';
import type { CatalogImage } from '../images/catalog.ts';
import type { ImageState } from '../images/image-state.ts';
import { ENGLISH } from '../words.ts';
import { IN_THE_EDITOR } from './words/remedies.ts';
import { progressText } from './words/words.ts';

type ReadyState = Extract<ImageState, { kind: 'ready' }>;

/** An image that is complete: others are not checked. */
export interface ReadyImage {
  readonly image: CatalogImage;
  readonly state: ReadyState;
}

/** What is wrong with an image, as one clause. */
export interface Problem {
  readonly image: string;
  readonly text: string;
}

/**
 * Verifies images, reads nothing again of which that is known, and returns a problem for each that is wrong. `progress` is
 * told how far it is, in words and in percent.
 * @throws the signal's reason when it is aborted.
 */
export async function verifyAll(
  images: readonly ReadyImage[],
  checks: ImageChecks,
  log: vscode.LogOutputChannel,
  progress: (message: string, percent: number) => void,
  signal: AbortSignal,
): Promise<Problem[]> {
  const totalBytes = images.reduce((sum, { state }) => sum + state.zstBytes, 0);
  let doneBytes = 0;
  const problems: Problem[] = [];
  for (const { image, state } of images) {
    const advance = (bytes: number) => {
      doneBytes += bytes;
      const message = `${image.image} (${progressText(doneBytes, totalBytes, vscode.l10n, vscode.env.language)})`;
      progress(message, (bytes / totalBytes) * 100);
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
      return l10n.t('{0} could not be read ({1})', `${image}.img.zst`, codeText(verdict.code, l10n));
  }
}
