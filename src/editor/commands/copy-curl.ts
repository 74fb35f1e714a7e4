import * as vscode from 'vscode';
import { shellQuote, updatePath } from '../words/board-pointers.ts';
import { copy } from './clipboard.ts';
import type { Command } from './command.ts';
import { requestForImage, urlForThisMachine } from './update-request.ts';

/** Copies the command that shows what a board would get. */
export const copyCurl: Command = {
  id: 'mkbox.copyCurl',
  async run(context, row) {
    const request = await requestForImage(context, row, vscode.l10n.t('Copy curl Command'), urlForThisMachine);
    if (request !== undefined) await copy(`curl ${shellQuote(request.url + updatePath(request.parts))} | tar -tv`);
  },
};
