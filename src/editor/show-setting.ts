import * as vscode from 'vscode';

/**
 * Shows a setting where it can be changed. What the workspace says counts more than what a user would change. Those of this
 * machine stand among the remote settings in a remote window (SSH, WSL, containers, a browser), and a search in the user's
 * settings doesn't find them there.
 */
export async function showSetting(query: string): Promise<void> {
  const { commands, env } = vscode;
  if (isOfWorkspace(query)) await commands.executeCommand('workbench.action.openWorkspaceSettings', { query });
  else if (env.remoteName === undefined) await commands.executeCommand('workbench.action.openSettings', query);
  else await commands.executeCommand('workbench.action.openRemoteSettings', { query });
}

/** Whether a setting is written in the workspace, or in a folder of it. */
function isOfWorkspace(name: string): boolean {
  const { workspace } = vscode;
  return [null, ...(workspace.workspaceFolders ?? [])].some((place) => {
    const found = workspace.getConfiguration(undefined, place).inspect(name);
    return found?.workspaceValue !== undefined || found?.workspaceFolderValue !== undefined;
  });
}
