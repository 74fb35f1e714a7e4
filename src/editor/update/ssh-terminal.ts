import { isIP } from 'node:net';
import * as vscode from 'vscode';
import type { Board } from '../../boards/board.ts';
import { UserError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { plainAddress } from '../restart/command-line.ts';
import { boardName } from '../words/board-name.ts';
import { commandFaultText } from '../words/update-words.ts';
import type { Settings } from '../workspace/settings.ts';

/** A name that no ssh takes for an option, or for a user and a host. */
const USER = /^[\w.][\w.-]*$/;

/**
 * A terminal on `board`, by ssh and without a shell on this machine.
 * @throws UserError when the address is none, or the user of the setting can't be one.
 */
export function sshTerminal(board: Board, { sshUser }: Settings): vscode.Terminal {
  const { l10n } = vscode;
  const address = plainAddress(board.address);
  const user = sshUser.get();
  if (isIP(address) === 0) throw new UserError(commandFaultText({ kind: 'no address', address }, l10n));
  if (!USER.test(user)) throw new UserError(l10n.t('mkbox.sshUser is not the name of a user: {0}', printable(user)));
  return vscode.window.createTerminal({
    name: `ssh ${boardName(board)}`,
    iconPath: new vscode.ThemeIcon('terminal'),
    shellPath: 'ssh',
    shellArgs: [`${user}@${address}`],
    isTransient: true,
  });
}
