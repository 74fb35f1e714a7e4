import * as vscode from 'vscode';
import type { Board } from '../../boards/board.ts';
import { UserError } from '../../errors.ts';
import { commandFor, type Invocation, isFault } from '../restart/command-line.ts';
import { showSetting } from '../show-setting.ts';
import { boardName } from '../words/board-name.ts';
import { commandFaultText } from '../words/update-words.ts';
import { clientText } from '../words/words.ts';
import type { Settings } from '../workspace/settings.ts';

/** How a board is to be restarted. */
export type Restart = { readonly kind: 'command'; readonly invocation: Invocation } | { readonly kind: 'by hand' };

interface Choice extends vscode.QuickPickItem {
  readonly how: 'command' | 'by hand' | 'settings';
}

/** What is offered where no command is set. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the setting
const OFFERED = ['ssh', 'root@${address}', 'reboot'];

/**
 * How `board` is to be restarted: by the command that is set, or as the user chooses where none is. Undefined when they
 * don't.
 * @throws UserError when the command can't be run for this board.
 */
export async function chooseRestart(board: Board, settings: Settings): Promise<Restart | undefined> {
  const set = settings.rebootCommand.get();
  if (set.length > 0) return byCommand(set, board);
  const { l10n, window } = vscode;
  const command = l10n.t('Sets mkbox.rebootCommand, which restarts every board from now on');
  const choices: readonly Choice[] = [
    {
      label: `$(terminal) ${OFFERED.join(' ').replace(/\$\{address\}/, clientText(board.address))}`,
      detail: command,
      how: 'command',
    },
    {
      label: `$(plug) ${l10n.t('Power-Cycle It by Hand')}`,
      detail: l10n.t('The update goes on as soon as the board asks for it'),
      how: 'by hand',
    },
    {
      label: `$(gear) ${l10n.t('Set Another Command…')}`,
      detail: l10n.t('For a power switch on the network, another user, another program'),
      how: 'settings',
    },
  ];
  const title = l10n.t('Restart {0}', boardName(board));
  const picked = await window.showQuickPick(choices, {
    title,
    placeHolder: l10n.t('How the board is to be restarted'),
  });
  switch (picked?.how) {
    case undefined:
      return undefined;
    case 'by hand':
      return { kind: 'by hand' };
    case 'command': {
      const target = vscode.ConfigurationTarget.Global;
      await vscode.workspace.getConfiguration('mkbox').update('rebootCommand', OFFERED, target);
      return byCommand(OFFERED, board);
    }
    case 'settings':
      await showSetting('mkbox.rebootCommand');
      return undefined;
  }
}

function byCommand(setting: unknown, board: Board): Restart {
  const invocation = commandFor(setting, board);
  if (isFault(invocation)) throw new UserError(commandFaultText(invocation, vscode.l10n));
  return { kind: 'command', invocation };
}
