import type { CancellationToken } from 'vscode';

/**
 * Does something whose signal is aborted when the user cancels, or `closing` is; undefined when that was so.
 * @throws what `act` throws, unless it was cancelled.
 */
export async function untilCancelled<T>(
  token: CancellationToken,
  act: (signal: AbortSignal) => Promise<T>,
  closing?: AbortSignal,
): Promise<T | undefined> {
  const abort = new AbortController();
  const subscription = token.onCancellationRequested(() => abort.abort());
  const signal = closing === undefined ? abort.signal : AbortSignal.any([abort.signal, closing]);
  try {
    return await act(signal);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    subscription.dispose();
  }
}
