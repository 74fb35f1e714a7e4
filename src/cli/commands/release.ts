import type { Command } from 'commander';
import { order } from '../control.ts';
import type { CommandContext } from './commands.ts';
import { BOARDS_HELP, WHY } from './control-options.ts';
import { subcommand } from './subcommand.ts';

/** `update-server release <board>… [--why <text>]`: ends holds, and what was stopped as a loop. */
export function releaseCommand({ settings }: CommandContext): Command {
  return subcommand('release', 'Releases boards from their holds, and from having been stopped.')
    .argument('<board...>', BOARDS_HELP)
    .option(...WHY)
    .action((boards: readonly string[], { why }: { why?: string }) =>
      order(settings(), { act: 'release', boards: [...boards], ...(why && { why }) }),
    );
}
