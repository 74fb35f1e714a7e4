import * as vscode from 'vscode';

/**
 * Shows a setting where it can be changed: those of this machine stand among the remote settings in a remote window (SSH,
 * WSL, containers, a browser), and a search in the user's settings doesn't find them there.
 */
export async function showSetting(query: string): Promise<void> {
  const { commands, env } = vscode;
  if (env.remoteName === undefined) await commands.executeCommand('workbench.action.openSettings', query);
  else await commands.executeCommand('workbench.action.openRemoteSettings', { query });
}
