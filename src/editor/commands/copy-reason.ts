import * as vscode from 'vscode';
import { outcomeText } from '../words/request-words.ts';
import { copy } from './clipboard.ts';
import type { Command } from './command.ts';
import { requestOf } from './rows.ts';

/** Copies why a request was refused or broke off. */
export const copyReason: Command = {
  id: 'mkbox.copyReason',
  actsOn: (row) => requestOf(row) !== undefined,
  async run(_, row) {
    const transfer = requestOf(row);
    if (transfer !== undefined) await copy(outcomeText(transfer, vscode.l10n, vscode.env.language));
  },
};
