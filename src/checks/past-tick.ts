import { setTimeout } from 'node:timers/promises';
import type { PinnedFile } from '../images/pinned-file.ts';

/**
 * File systems stamp files by the kernel's tick (10 ms at most): a second write within a tick leaves the times as the
 * first one did.
 */
const TICK_MS = 20;

/** Waits until a file is older than a tick: from then on, no later write goes unnoticed. */
export async function pastTick({ identity }: PinnedFile): Promise<void> {
  const ageMs = Date.now() - Number(identity.ctimeNs / 1_000_000n);
  if (ageMs >= 0 && ageMs < TICK_MS) await setTimeout(TICK_MS - ageMs);
}
