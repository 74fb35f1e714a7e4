import * as vscode from 'vscode';

/** The URIs by which this window's workspace is known: its file's, or its folders'; none without a workspace. */
export function workspaceUris(): readonly string[] {
  const { workspaceFile, workspaceFolders = [] } = vscode.workspace;
  const uris = workspaceFile === undefined ? workspaceFolders.map(({ uri }) => uri) : [workspaceFile];
  return uris.map((uri) => uri.toString());
}
