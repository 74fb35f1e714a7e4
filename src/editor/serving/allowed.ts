import type { Allowed } from '../../server/server-options.ts';
import { allowedHostNames } from './allowed-hosts.ts';
import { allowedNetworks } from './allowed-networks.ts';
import type { StartParts } from './serving-start.ts';

/**
 * Who may ask, by the settings, and by which names. The log tells what is left out of these.
 * @throws UserError where they make no sense: that must not allow everyone.
 */
export function allowed({ settings, log }: Pick<StartParts, 'settings' | 'log'>): Allowed {
  const { allow, allowedHosts } = settings;
  return {
    allow: allowedNetworks(allow.get()),
    allowedHosts: allowedHostNames(allowedHosts.get(), (text) => log.warn(text)),
  };
}
