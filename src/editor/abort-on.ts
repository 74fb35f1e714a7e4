import type { CancellationToken } from 'vscode';

/** A signal that is aborted when the user cancels; disposing of it ends that. */
export function abortOn(token: CancellationToken): Disposable & { readonly signal: AbortSignal } {
  const abort = new AbortController();
  const subscription = token.onCancellationRequested(() => abort.abort());
  return { signal: abort.signal, [Symbol.dispose]: () => subscription.dispose() };
}
