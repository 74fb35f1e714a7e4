import * as vscode from 'vscode';
import { plainMessage } from './words/plain-message.ts';

/** Shows a problem, and offers the log, which has more. */
export async function showProblem(message: string): Promise<void> {
  const showLog = vscode.l10n.t('Show Log');
  const answer = await vscode.window.showErrorMessage(plainMessage(message), showLog);
  if (answer === showLog) await vscode.commands.executeCommand('mkbox.showLog');
}
