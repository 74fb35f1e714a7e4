import { cp, mkdir, readdir, rm, utimes } from 'node:fs/promises';
import path from 'node:path';
import type { Uri } from 'vscode';
import { codeText } from '../../code-text.ts';
import { systemErrorCode, UserError } from '../../errors.ts';
import type { Words } from '../../words.ts';

/** The name of the copy's folder. */
const NAME = 'mkbox-demo';

/**
 * The folder that the demo is copied into, as a path of this machine. As where files of an image are saved, VS Code's dialog
 * offers those of the window's machine, too, where that is another one.
 * @throws UserError for such a folder
 */
export function demoParent({ scheme, fsPath, path }: Pick<Uri, 'scheme' | 'fsPath' | 'path'>, words: Words): string {
  if (scheme === 'file') return fsPath;
  throw new UserError(
    words.t("{0} is on this window's machine, but mkbox runs on another one: pick a folder on that one.", path),
  );
}

/**
 * Copies the demo at `from` into a new folder in `parent`, and answers that folder. All files get one time: none looks
 * older than what it is made of.
 * @throws UserError when there is something by that name, or it can't be written. Then nothing of it is left.
 */
export async function copyDemo(from: string, parent: string, words: Words): Promise<string> {
  const to = path.join(parent, NAME);
  await made(to, words);
  try {
    await cp(from, to, { recursive: true });
    const now = new Date();
    for (const name of await readdir(to, { recursive: true })) await utimes(path.join(to, name), now, now);
    return to;
  } catch (error) {
    await rm(to, { recursive: true, force: true });
    throw asUserError(error, to, words);
  }
}

/** Makes the folder, which must not be there. */
async function made(folder: string, words: Words): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw asUserError(error, folder, words);
    throw new UserError(words.t('{0} exists already, and is left as it is: pick another folder', folder));
  }
}

function asUserError(error: unknown, folder: string, words: Words): unknown {
  const code = systemErrorCode(error);
  return code === undefined
    ? error
    : new UserError(words.t("can't copy the demo to {0} ({1})", folder, codeText(code, words)));
}
