import { SLOWEST_RATE } from '../../server/limits.ts';
import type { FlowLimits } from '../../server/server-options.ts';
import type { Settings } from '../workspace/settings.ts';

const BYTES_PER_MB = 1e6;

/** How much is sent at once, by the settings. A rate below the slowest one becomes that one: only 0 sets no limit. */
export function flowLimits({ rateLimit, maxTransfers }: Pick<Settings, 'rateLimit' | 'maxTransfers'>): FlowLimits {
  const megabytes = rateLimit.get();
  return {
    rateLimit: megabytes === 0 ? undefined : Math.max(SLOWEST_RATE, Math.round(megabytes * BYTES_PER_MB)),
    maxTransfers: maxTransfers.get() || undefined,
  };
}
