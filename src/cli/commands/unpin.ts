import type { Command } from 'commander';
import { order } from '../control.ts';
import type { CommandContext } from './commands.ts';
import { BOARDS_HELP, WHY } from './control-options.ts';
import { subcommand } from './subcommand.ts';

/** `update-server unpin <board>… [--why <text>]`: boards get what they ask for. */
export function unpinCommand({ settings }: CommandContext): Command {
  return subcommand('unpin', 'Gives boards what they ask for again.')
    .argument('<board...>', BOARDS_HELP)
    .option(...WHY)
    .action((boards: readonly string[], { why }: { why?: string }) =>
      order(settings(), { act: 'unpin', boards: [...boards], ...(why && { why }) }),
    );
}
