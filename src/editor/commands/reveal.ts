import { lstat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { SET_FILES } from '../../images/image-name.ts';
import type { Command } from './command.ts';
import { goneImage } from './known-images.ts';
import { packableOf } from './rows.ts';

/** What an image is looked for by: what boards get, else what there is of it. */
const SUFFIXES = [SET_FILES.zst, SET_FILES.buildId, SET_FILES.checksums, '.img'];

/** Shows a file of the image in the Explorer view: the first that is there. */
export const reveal: Command = {
  id: 'mkbox.reveal',
  actsOn: (row) => packableOf(row) !== undefined,
  async run(_, row) {
    const image = packableOf(row);
    if (image === undefined) return;
    for (const suffix of SUFFIXES) {
      const file = path.join(image.folder, image.image + suffix);
      if (!(await isThere(file))) continue;
      await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(file));
      return;
    }
    throw goneImage(image.image);
  },
};

function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}
