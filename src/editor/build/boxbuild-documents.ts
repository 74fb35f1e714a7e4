import path from 'node:path';
import type * as vscode from 'vscode';

/** The documents that the language features are about. */
export const BOXBUILDS: vscode.DocumentFilter = { scheme: 'file', pattern: '**/BOXBUILD' };

/** Whether a document is a BOXBUILD. */
export function isBoxbuild({ uri }: vscode.TextDocument): boolean {
  return uri.scheme === 'file' && path.basename(uri.fsPath) === 'BOXBUILD';
}
