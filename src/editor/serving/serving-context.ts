import * as vscode from 'vscode';
import { endpointOf } from '../serving-state.ts';
import type { Serving } from './serving.ts';

/**
 * Keeps the context keys that menus and welcome views go by: `mkbox.serving`, the name of the server's state,
 * `mkbox.isLocal`, whether only this machine can reach it, `mkbox.isOnNetwork`, whether others can, and `mkbox.hasFault`,
 * whether there is a fault on purpose.
 */
export function servingContext(serving: Serving): vscode.Disposable {
  const set = (key: string, value: unknown) => void vscode.commands.executeCommand('setContext', key, value);
  const tell = () => {
    set('mkbox.serving', serving.state.kind);
    const { onNetwork } = endpointOf(serving.state) ?? {};
    set('mkbox.isLocal', onNetwork === false);
    set('mkbox.isOnNetwork', onNetwork === true);
  };
  const tellFault = () => set('mkbox.hasFault', serving.faults?.current !== undefined);
  tell();
  return vscode.Disposable.from(serving.onDidChangeState(tell), serving.onDidChangeFault(tellFault));
}
