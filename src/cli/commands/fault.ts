import type { Command } from 'commander';
import { FAULT_FORMS } from '../../server/sending/fault.ts';
import { order } from '../control.ts';
import { UsageError } from '../environment.ts';
import type { CommandContext } from './commands.ts';
import { subcommand } from './subcommand.ts';

/**
 * `update-server fault <board> <fault>`: a board gets images with a fault on purpose, for ten minutes; `update-server
 * fault off` ends that before.
 */
export function faultCommand({ settings }: CommandContext): Command {
  return subcommand('fault', 'Serves a board with a fault on purpose, to try its updater; "off" ends that.')
    .argument('<board>', "a board's name, address or hardware address, also with /<box> behind it, or off")
    .argument('[fault]', FAULT_FORMS)
    .action(async (board: string, fault: string | undefined) => {
      if (fault !== undefined) await order(settings(), { act: 'fault', board, fault });
      else if (board === 'off') await order(settings(), { act: 'fault-off' });
      else throw new UsageError(`say which fault: ${FAULT_FORMS}; or off, and no board`);
    });
}
