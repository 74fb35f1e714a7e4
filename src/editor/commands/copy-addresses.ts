import * as vscode from 'vscode';
import { clientText } from '../words/words.ts';
import { chooseBoards } from './choose-boards.ts';
import { copy } from './clipboard.ts';
import type { Command } from './command.ts';

/** Copies the addresses of boards, a line each. */
export const copyAddresses: Command = {
  id: 'mkbox.copyAddresses',
  async run(context, row, selected) {
    const boards = await chooseBoards(context, { row, selected, title: vscode.l10n.t('Copy Address') });
    const addresses = boards.map(({ address }) => address);
    if (addresses.length > 0) await copy([...new Set(addresses.map(clientText))].join('\n'));
  },
};
