import * as vscode from 'vscode';
import { clientText } from '../words/words.ts';
import { chooseBoards } from './choose-boards.ts';
import { copy } from './clipboard.ts';
import type { Command } from './command.ts';

/** Copies the addresses of boards, a line each. */
export const copyAddresses: Command = {
  id: 'mkbox.copyAddresses',
  async run(context, row, selected) {
    const ids = await chooseBoards(context, { row, selected, title: vscode.l10n.t('Copy Address') });
    const registry = await context.boards.open();
    const addresses = ids.flatMap((id) => registry.get(id)?.address ?? []);
    if (addresses.length > 0) await copy([...new Set(addresses.map(clientText))].join('\n'));
  },
};
