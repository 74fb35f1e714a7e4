import * as vscode from 'vscode';
import { plainMessage } from '../words/plain-message.ts';

/** Whether the user trusts the workspace. Where they don't, they are told that nothing is served or built; failing to is logged. */
export function requireTrust(log: vscode.LogOutputChannel): boolean {
  if (!vscode.workspace.isTrusted) tellUntrusted().catch((error) => log.error(error));
  return vscode.workspace.isTrusted;
}

async function tellUntrusted(): Promise<void> {
  const manage = vscode.l10n.t('Manage Workspace Trust');
  const message = vscode.l10n.t('mkbox: images are served and built only in workspaces you trust.');
  const answer = await vscode.window.showInformationMessage(plainMessage(message), manage);
  if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
}
