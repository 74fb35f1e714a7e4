import * as vscode from 'vscode';
import { endpointOf } from '../serving-state.ts';
import type { Serving } from './serving.ts';

/**
 * Keeps the context keys that menus and welcome views go by: `mkbox.serving`, the name of the server's state, and
 * `mkbox.isLocal`, whether only this machine can reach it.
 */
export function servingContext(serving: Serving): vscode.Disposable {
  const set = (key: string, value: unknown) => void vscode.commands.executeCommand('setContext', key, value);
  const tell = () => {
    set('mkbox.serving', serving.state.kind);
    set('mkbox.isLocal', endpointOf(serving.state)?.onNetwork === false);
  };
  tell();
  return serving.onDidChangeState(tell);
}
