import * as vscode from 'vscode';
import { bugText, errorText, UserError } from '../errors.ts';
import { plainMessage } from './words/plain-message.ts';

/** Shows a problem, and offers the log, which has more. */
export async function showProblem(message: string): Promise<void> {
  const showLog = vscode.l10n.t('Show Log');
  const answer = await vscode.window.showErrorMessage(plainMessage(message), showLog);
  if (answer === showLog) await vscode.commands.executeCommand('mkbox.showLog');
}

/** Tells why something that the user wanted could not be done, and logs it: a bug with its stack. `what`: what they wanted, for the log. */
export async function showFailure(what: string, error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  log.error(`${what}: ${error instanceof UserError ? error.message : bugText(error)}`);
  await showProblem(vscode.l10n.t('mkbox: {0}', errorText(error, vscode.l10n)));
}
