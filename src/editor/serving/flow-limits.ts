import type { FlowLimits } from '../../server/server-options.ts';
import type { Settings } from '../workspace/settings.ts';

const BYTES_PER_MB = 1e6;

/** A rate that a board could live with, in bytes per second: what is set below is this, and not the 0 that sets no limit. */
const LEAST_RATE = 1_000;

/** How much goes out at once, as the settings say. */
export function flowLimits({ rateLimit, maxTransfers }: Pick<Settings, 'rateLimit' | 'maxTransfers'>): FlowLimits {
  const megabytes = rateLimit.get();
  return {
    rateLimit: megabytes === 0 ? undefined : Math.max(LEAST_RATE, Math.round(megabytes * BYTES_PER_MB)),
    maxTransfers: maxTransfers.get() || undefined,
  };
}
