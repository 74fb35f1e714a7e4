import * as vscode from 'vscode';
import type { Serving } from './serving.ts';

/** Keeps the context key `mkbox.serving`, which menus and welcome views go by: the name of the server's state. */
export function servingContext(serving: Serving): vscode.Disposable {
  const tell = () => void vscode.commands.executeCommand('setContext', 'mkbox.serving', serving.state.kind);
  tell();
  return serving.onDidChangeState(tell);
}
