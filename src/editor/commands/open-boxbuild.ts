import path from 'node:path';
import * as vscode from 'vscode';
import type { Command } from './command.ts';

/** Opens the recipe of a box's row. */
export const openBoxbuild: Command = {
  id: 'mkbox.openBoxbuild',
  actsOn: (row) => typeof row === 'object' && row.kind === 'box',
  async run(_, row) {
    if (typeof row !== 'object' || row.kind !== 'box') return;
    await vscode.window.showTextDocument(vscode.Uri.file(path.join(row.box.path, 'BOXBUILD')));
  },
};
