import { UserError } from '../../errors.ts';
import { Networks } from '../../server/admission/networks.ts';

/**
 * Who may ask, by the setting `mkbox.allow`; undefined for everyone, if it is empty.
 * @throws UserError when it is anything but a list of addresses and networks: that must not allow everyone.
 */
export function allowedNetworks(setting: unknown): Networks | undefined {
  const entries: unknown[] | undefined = Array.isArray(setting) ? setting : undefined;
  if (!entries?.every((entry) => typeof entry === 'string')) {
    throw new UserError((words) =>
      words.t('{0} must be a list of addresses and networks, as in {1}', 'mkbox.allow', '["10.0.0.0/8", "fd00::/8"]'),
    );
  }
  if (entries.length === 0) return undefined;
  try {
    return new Networks(entries);
  } catch (error) {
    throw error instanceof UserError ? new UserError((words) => `mkbox.allow: ${error.told(words)}`) : error;
  }
}
