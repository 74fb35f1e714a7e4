import type { CancellationToken } from 'vscode';

/**
 * Does something whose signal is aborted when the user cancels; undefined when they did.
 * @throws what `act` throws, unless it was cancelled.
 */
export async function untilCancelled<T>(
  token: CancellationToken,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const abort = new AbortController();
  const subscription = token.onCancellationRequested(() => abort.abort());
  try {
    return await act(abort.signal);
  } catch (error) {
    if (abort.signal.aborted) return undefined;
    throw error;
  } finally {
    subscription.dispose();
  }
}
