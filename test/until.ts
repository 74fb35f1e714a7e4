import { setTimeout as pause } from 'node:timers/promises';

/** What a test waits for comes within this, however busy the machine is; what does not never comes. */
export const MOST_WAIT_MS = 120_000;

/** A signal for waiting: it aborts what would wait forever. */
export function beforeLong(): AbortSignal {
  return AbortSignal.timeout(MOST_WAIT_MS);
}

/** Waits until something is so. @throws with what `seen` tells, where it never is */
export async function until(isSo: () => boolean | Promise<boolean>, seen: () => unknown = () => isSo): Promise<void> {
  for (const endMs = performance.now() + MOST_WAIT_MS; !(await isSo()); await pause(10)) {
    if (performance.now() > endMs) throw new Error(`waited in vain; what is there instead: ${await seen()}`);
  }
}
