import * as vscode from 'vscode';
import { plainMessage } from '../words/plain-message.ts';

/**
 * Whether something can be served or built here: a folder is open, and the user trusts the workspace. Where not, they are
 * told so; failing to is logged.
 */
export function requireTrustedFolder(log: vscode.LogOutputChannel): boolean {
  const { isTrusted } = vscode.workspace;
  if (isTrusted && isFolderOpen()) return true;
  const told = isTrusted ? tellNoFolder() : tellUntrusted();
  told.catch((error) => log.error(error));
  return false;
}

/** Whether the window has a folder. */
export function isFolderOpen(): boolean {
  return (vscode.workspace.workspaceFolders ?? []).length > 0;
}

async function tellNoFolder(): Promise<void> {
  const { l10n, window, commands } = vscode;
  const open = l10n.t('Open Folder');
  const message = l10n.t('mkbox: no folder is open, so there is nothing to serve or build.');
  const answer = await window.showInformationMessage(plainMessage(message), open);
  if (answer === open) await commands.executeCommand('vscode.openFolder');
}

async function tellUntrusted(): Promise<void> {
  const manage = vscode.l10n.t('Manage Workspace Trust');
  const message = vscode.l10n.t('mkbox: images are served and built only in workspaces you trust.');
  const answer = await vscode.window.showInformationMessage(plainMessage(message), manage);
  if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
}
