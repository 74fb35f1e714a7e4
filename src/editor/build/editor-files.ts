import { access, readdir, readFile, stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Files } from '../../boxbuild/layout.ts';

/** The files as the user sees them: what is open in an editor counts as it stands there, saved or not. */
export const EDITOR_FILES: Files = {
  async read(file) {
    const open = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === file);
    return open?.getText() ?? readFile(file, 'utf8').catch(() => undefined);
  },
  isFolder: (folder) =>
    stat(folder).then(
      (stats) => stats.isDirectory(),
      () => false,
    ),
  exists: (file) =>
    access(file).then(
      () => true,
      () => false,
    ),
  async folders(folder) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
    return (entries ?? []).filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map(({ name }) => name);
  },
};
