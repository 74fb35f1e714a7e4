import * as vscode from 'vscode';
import { untilCancelled } from './until-cancelled.ts';
import { plainMessage } from './words/plain-message.ts';

/** Tells how far something is: by how many percent it went on. */
export type Report = (percent: number) => void;

/**
 * Does something. If that takes longer than `afterMs`, shows its progress in a notification, where it can be cancelled.
 * Undefined when it was.
 * @throws what `act` throws.
 */
export async function withLateProgress<T>(
  title: string,
  afterMs: number,
  act: (signal: AbortSignal, report: Report) => Promise<T>,
): Promise<T | undefined> {
  const abort = new AbortController();
  let percent = 0;
  let show: Report = () => {};
  const acting = act(abort.signal, (more) => {
    percent += more;
    show(more);
  });
  const timer = setTimeout(() => {
    const options = { location: vscode.ProgressLocation.Notification, title: plainMessage(title), cancellable: true };
    void vscode.window.withProgress(options, (progress, token) => {
      show = (increment) => progress.report({ increment });
      show(percent);
      return untilCancelled(token, async (signal) => {
        signal.addEventListener('abort', () => abort.abort());
        await acting.catch(() => {}); // whoever called gets the error
      });
    });
  }, afterMs);
  try {
    return await acting;
  } catch (error) {
    if (abort.signal.aborted) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
