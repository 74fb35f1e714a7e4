import * as vscode from 'vscode';
import { GROUPINGS, type Grouping, groupingLabel } from '../words/board-groups.ts';
import type { Command } from './command.ts';
import { pick } from './pick.ts';

/** Groups the rows of the view of boards by what the user picks. */
export const groupBoards: Command = {
  id: 'mkbox.groupBoards',
  async run({ boardsView }) {
    const { l10n } = vscode;
    const view = await boardsView;
    const itemOf = (grouping: Grouping): vscode.QuickPickItem => ({
      label: `$(${grouping === view.grouping ? 'check' : 'blank'}) ${groupingLabel(grouping, l10n)}`,
      description: grouping === 'none' ? l10n.t('problems first') : '',
    });
    const title = l10n.t('Group Boards By…');
    const placeHolder = l10n.t('What the rows of boards are grouped by');
    const grouping = await pick(GROUPINGS, itemOf, { title, placeHolder, none: '' });
    if (grouping !== undefined) await view.groupBy(grouping);
  },
};
