import * as vscode from 'vscode';
import { ContextKey } from '../context-key.ts';
import { endpointOf, type ServingState } from '../serving-state.ts';
import type { Serving } from './serving.ts';

/**
 * Keeps the context keys that menus and welcome views go by: `mkbox.serving`, the name of the server's state,
 * `mkbox.isLocal`, whether only this machine can reach it, `mkbox.isOnNetwork`, whether others can, and `mkbox.hasFault`,
 * whether there is a fault on purpose.
 */
export function servingContext(serving: Serving, onFailure: (error: unknown) => void): vscode.Disposable {
  const state = new ContextKey<ServingState['kind']>('mkbox.serving', onFailure);
  const isLocal = new ContextKey<boolean>('mkbox.isLocal', onFailure);
  const isOnNetwork = new ContextKey<boolean>('mkbox.isOnNetwork', onFailure);
  const hasFault = new ContextKey<boolean>('mkbox.hasFault', onFailure);
  const tell = () => {
    state.set(serving.state.kind);
    const { onNetwork } = endpointOf(serving.state) ?? {};
    isLocal.set(onNetwork === false);
    isOnNetwork.set(onNetwork === true);
  };
  const tellFault = () => hasFault.set(serving.faults?.current !== undefined);
  tell();
  return vscode.Disposable.from(serving.onDidChangeState(tell), serving.onDidChangeFault(tellFault));
}
