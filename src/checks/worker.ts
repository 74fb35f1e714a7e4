import { parentPort } from 'node:worker_threads';
import { systemErrorCode } from '../errors.ts';
import { type LentFile, PinnedFile } from '../images/pinned-file.ts';
import { examine } from './examine.ts';
import type { Order, Outcome, Report } from './worker-messages.ts';

/** The thread on which image files are examined, so that whoever serves them, or draws a window, is not held up. */
let abort = new AbortController();

parentPort?.on('message', (order: Order) => {
  if (order.kind === 'cancel') {
    abort.abort();
    return;
  }
  abort = new AbortController();
  const { signal } = abort;
  void run(order.file, signal).then(
    (outcome) => report({ kind: 'outcome', outcome }),
    (error: unknown) => {
      const code = systemErrorCode(error);
      if (signal.aborted) report({ kind: 'cancelled' });
      else
        report(
          code === undefined ? { kind: 'bug', bug: error } : { kind: 'outcome', outcome: { kind: 'failed', code } },
        );
    },
  );
});

async function run(lent: LentFile, signal: AbortSignal): Promise<Outcome> {
  const onProgress = (bytes: number) => report({ kind: 'progress', bytes });
  const examination = await examine(PinnedFile.lent(lent), { onProgress, signal });
  return examination === undefined ? { kind: 'changed' } : { kind: 'examined', examination };
}

function report(message: Report): void {
  parentPort?.postMessage(message);
}
