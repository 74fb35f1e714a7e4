import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { savePlace } from '../inside/save-place.ts';
import { copyOut, type Saved, saveWhole } from '../inside/saved-copy.ts';
import { showProblem } from '../show-problem.ts';
import { untilCancelled } from '../until-cancelled.ts';
import { plainMessage } from '../words/plain-message.ts';
import { bytesText } from '../words/words.ts';
import type { Command, CommandContext } from './command.ts';
import { type InsidePlace, insideOf } from './rows.ts';

/** As much is written between two reports of how far it is. */
const REPORT_BYTES = 1_000_000;

/** Where something was saved last, which is offered for what is saved next. */
let lastFolder: string | undefined;

/** Saves a file, or a folder with all that is in it, from an image to where the user says. */
export const saveInside: Command = {
  id: 'mkbox.saveInside',
  actsOn: (row) => insideOf(row) !== undefined,
  async run(context, row) {
    const place = insideOf(row);
    const target = place && (await askTarget(place));
    if (place === undefined || target === undefined) return;
    lastFolder = path.dirname(target);
    const saved = await saveWithProgress(place, target, context);
    if (saved !== undefined) await tellSaved(place, target, saved, context.log);
  },
};

async function askTarget({ image, tree, path: from }: InsidePlace): Promise<string | undefined> {
  const name = from === '/' ? `${image.image}-${tree}` : path.posix.basename(from);
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save {0} As', from),
    defaultUri: vscode.Uri.file(path.join(lastFolder ?? folder?.uri.fsPath ?? homedir(), name)),
  });
  return target && savePlace(target, vscode.l10n);
}

/** Answers what was saved; undefined when the user cancelled. */
async function saveWithProgress(
  { image, tree, path: from }: InsidePlace,
  target: string,
  { openImages }: CommandContext,
): Promise<Saved | undefined> {
  const { l10n, window, env, ProgressLocation } = vscode;
  const title = plainMessage(l10n.t('mkbox: saving {0}', from));
  const options = { location: ProgressLocation.Notification, title, cancellable: true };
  const images = await openImages();
  return window.withProgress(options, (progress, token) => {
    const reporter = () => {
      let [done, reported] = [0, 0];
      return (bytes: number, file: string) => {
        done += bytes;
        if (done > 0 && done - reported < REPORT_BYTES) return;
        reported = done;
        progress.report({ message: plainMessage(`${bytesText(done, env.language)}, ${file}`) });
      };
    };
    return untilCancelled(token, (signal) =>
      saveWhole(target, l10n, (beside) =>
        images.look(image, tree, (files) =>
          copyOut(files, from, beside, { words: l10n, signal, onProgress: reporter() }),
        ),
      ),
    );
  });
}

async function tellSaved(
  { path: from }: InsidePlace,
  target: string,
  { isThere, bytes, leftOut }: Saved,
  log: vscode.LogOutputChannel,
): Promise<void> {
  const { l10n, window, env } = vscode;
  for (const text of leftOut) log.warn(`saving ${target}: left out ${text}`);
  const [first = '', ...others] = leftOut;
  if (leftOut.length === 0) {
    window.setStatusBarMessage(l10n.t('mkbox: {0} is saved: {1}', from, bytesText(bytes, env.language)), 5_000);
  } else if (!isThere) {
    await showProblem(l10n.t('mkbox: not saved: {0}', first));
  } else {
    const more = others.length === 0 ? '' : ` ${l10n.t('({0} more: see the log)', others.length)}`;
    await showProblem(l10n.t('mkbox: {0} is saved, but for {1}', from, first) + more);
  }
}
