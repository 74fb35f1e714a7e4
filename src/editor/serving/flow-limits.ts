import { SLOWEST_RATE } from '../../server/limits.ts';
import type { FlowLimits } from '../../server/server-options.ts';
import type { Settings } from '../workspace/settings.ts';

const BYTES_PER_MB = 1e6;

/** How much goes out at once, as the settings say. A rate below the slowest one is that one: only 0 sets no limit. */
export function flowLimits({ rateLimit, maxTransfers }: Pick<Settings, 'rateLimit' | 'maxTransfers'>): FlowLimits {
  const megabytes = rateLimit.get();
  return {
    rateLimit: megabytes === 0 ? undefined : Math.max(SLOWEST_RATE, Math.round(megabytes * BYTES_PER_MB)),
    maxTransfers: maxTransfers.get() || undefined,
  };
}
