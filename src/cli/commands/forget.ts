import type { Command } from 'commander';
import { order } from '../control.ts';
import type { CommandContext } from './commands.ts';
import { BOARDS_HELP } from './control-options.ts';
import { subcommand } from './subcommand.ts';

/** `update-server forget <board>…`: removes boards from the list until they ask again. */
export function forgetCommand({ settings }: CommandContext): Command {
  return subcommand('forget', 'Forgets boards until they ask again.')
    .argument('<board...>', BOARDS_HELP)
    .action((boards: readonly string[]) => order(settings(), { act: 'forget', boards: [...boards] }));
}
