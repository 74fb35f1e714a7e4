import * as vscode from 'vscode';
import { BoardRegistry } from '../../boards/board-registry.ts';
import { boardFile } from './board-file.ts';

/**
 * Opens the registry with the boards stored for this workspace, in the extension's folder for all workspaces.
 * `onMessage` gets what went wrong with that, a line of English.
 */
export function openBoards(folder: string, onMessage: (text: string) => void): Promise<BoardRegistry> {
  const { workspaceFile, workspaceFolders = [] } = vscode.workspace;
  const uris = workspaceFile === undefined ? workspaceFolders.map(({ uri }) => uri) : [workspaceFile];
  const statePath = boardFile(
    folder,
    uris.map((uri) => uri.toString()),
  );
  return BoardRegistry.open({ statePath, onMessage });
}
