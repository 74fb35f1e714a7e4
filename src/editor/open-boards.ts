import * as vscode from 'vscode';
import { BoardRegistry } from '../boards/board-registry.ts';
import { boardFile } from './board-file.ts';
import type { BoardsOptions } from './boards.ts';

/** Opens the registry over the boards that were kept for this workspace. */
export function openBoards({ folder, onMessage }: BoardsOptions): Promise<BoardRegistry> {
  const { workspaceFile, workspaceFolders = [] } = vscode.workspace;
  const uris = workspaceFile === undefined ? workspaceFolders.map(({ uri }) => uri) : [workspaceFile];
  const statePath = boardFile(
    folder,
    uris.map((uri) => uri.toString()),
  );
  return BoardRegistry.open({ statePath, onMessage });
}
