import path from 'node:path';
import type { Command } from 'commander';
import type { ImageChecks } from '../../checks/image-checks.ts';
import { codeText } from '../../code-text.ts';
import { UserError } from '../../errors.ts';
import type { CatalogImage, CatalogSnapshot } from '../../images/catalog.ts';
import { searchImages } from '../../images/image-search.ts';
import { plainNameHint } from '../../images/plain-name.ts';
import { faultText } from '../../images/set-fault-text.ts';
import { looseImagesText, skippedLinkText } from '../../images/skipped-text.ts';
import { printable } from '../../printable.ts';
import { checkLines } from '../check-lines.ts';
import { RUN_TIME_ERROR } from '../exit-status.ts';
import { stopSignal } from '../stop-signal.ts';
import { withChecks } from '../with-checks.ts';
import type { CommandContext } from './commands.ts';
import { subcommand } from './subcommand.ts';

/**
 * `update-server verify [name]`: checks all images, or those that `name` finds as `/list/<name>` does. Prints a line for
 * each check, and for each folder that was not looked into, and ends with 1 unless all images are right. Progress goes to
 * standard error where that is a terminal.
 */
export function verifyCommand({ settings }: CommandContext): Command {
  return subcommand('verify', 'Checks images to the last byte: digests, frames, and what is inside.')
    .argument('[name]', 'only those that /list/<name> finds')
    .action(async (name: string | undefined) => {
      const given = settings();
      const areRight = await withChecks(given, async (catalog, checks) => {
        const { signal } = stopSignal('stopped');
        return verify(await catalog.refresh(), name, checks, { signal, folder: path.resolve(given.imagePath) });
      });
      if (!areRight) process.exitCode = RUN_TIME_ERROR;
    });
}

/** @throws UserError when there is no such image; the signal's reason when it is aborted. */
async function verify(
  { images, links, loose, unreadable }: CatalogSnapshot,
  name: string | undefined,
  checks: ImageChecks,
  { signal, folder }: { readonly signal: AbortSignal; readonly folder: string },
): Promise<boolean> {
  const print = (text: string) => process.stdout.write(text);
  for (const folder of loose) print(`skipped  ${printable(looseImagesText(folder))}\n`);
  for (const link of links) print(`skipped  ${printable(skippedLinkText(link))}\n`);
  for (const { path, code } of unreadable) print(`unknown  ${printable(path)} cannot be read (${codeText(code)})\n`);
  const found = name === undefined ? images : searchImages(images, name);
  if (images.length === 0) {
    throw new UserError(
      `there is no image in the folders in ${folder}: IMAGE_PATH names the one that has the boxes' folders`,
    );
  }
  if (found.length === 0) throw new UserError(`no image is named like ${name}`);
  let areRight = unreadable.length === 0;
  for (const image of found) {
    const { isRight, lines } = await verifyOne(image, checks, signal);
    areRight &&= isRight;
    const hint = plainNameHint(image.image);
    const notes = hint === undefined ? [] : [`note     ${hint}`];
    print([image.id, ...lines, ...notes].map(printable).join('\n  ').concat('\n'));
  }
  return areRight;
}

async function verifyOne(image: CatalogImage, checks: ImageChecks, signal: AbortSignal) {
  const { state } = image;
  if (state.kind === 'incomplete') return { isRight: false, lines: [`WRONG    ${faultText(state.fault)}`] };
  let done = 0;
  const onProgress = (bytes: number) => {
    done += bytes;
    tellProgress(image.image, done, state.zstBytes);
  };
  const { zstIdentity: identity, buildId, checksums } = state;
  const set = { ...image, identity, buildId, checksums };
  const options = process.stderr.isTTY ? { signal, onProgress } : { signal };
  const verdict = await checks.verdict(set, options);
  switch (verdict.kind) {
    case 'right':
    case 'wrong':
      return { isRight: verdict.kind === 'right', lines: checkLines(image.image, verdict) };
    case 'changed':
      return { isRight: false, lines: ['WRONG    its files changed while they were read; verify again'] };
    case 'failed':
      return { isRight: false, lines: [`unknown  ${image.image}.img.zst could not be read (${verdict.code})`] };
  }
}

function tellProgress(image: string, done: number, total: number): void {
  const percent = Math.floor((done * 100) / total);
  process.stderr.write(`\rverifying ${printable(image)} ${percent} %${done >= total ? '\r\x1b[K' : ''}`);
}
