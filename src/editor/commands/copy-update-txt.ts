import * as vscode from 'vscode';
import { updateTxt } from '../words/board-pointers.ts';
import { copy } from './clipboard.ts';
import type { Command, CommandContext, Row } from './command.ts';
import { completeStep } from './steps.ts';
import { requestForImage, requestOfBoard } from './update-request.ts';

/** Copies the file that makes a board ask here, for its boot partition. */
export const copyUpdateTxt: Command = {
  id: 'mkbox.copyUpdateTxt',
  run: (context, row) => copyFor(requestForImage, context, row),
};

/** Copies the same for a board that has asked: it goes on asking for what it asks for now. */
export const copyUpdateTxtForBoard: Command = {
  id: 'mkbox.copyUpdateTxtForBoard',
  run: (context, row) => copyFor(requestOfBoard, context, row),
};

async function copyFor(requestFor: typeof requestOfBoard, context: CommandContext, row?: Row): Promise<void> {
  const request = await requestFor(context, row, vscode.l10n.t('Copy update.txt for a Board'));
  if (request === undefined) return;
  await copy(updateTxt(request.url, request.parts));
  await completeStep('hasPointedBoard');
}
