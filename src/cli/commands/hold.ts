import type { Command } from 'commander';
import { order } from '../control.ts';
import type { CommandContext } from './commands.ts';
import { BOARDS_HELP, WHY } from './control-options.ts';
import { subcommand } from './subcommand.ts';

/** `update-server hold <board>… [--why <text>]`: from their next requests on, boards get nothing. */
export function holdCommand({ settings }: CommandContext): Command {
  return subcommand('hold', 'Puts boards on hold: they boot on with what they have.')
    .argument('<board...>', BOARDS_HELP)
    .option(...WHY)
    .action((boards: readonly string[], { why }: { why?: string }) =>
      order(settings(), { act: 'hold', boards: [...boards], ...(why && { why }) }),
    );
}
