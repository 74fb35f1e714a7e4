import type { Command } from 'commander';
import { order } from '../control.ts';
import type { CommandContext } from './commands.ts';
import { BOARDS_HELP } from './control-options.ts';
import { subcommand } from './subcommand.ts';

/** `update-server rename <board> [<name>]`: names a board, or takes its name away. */
export function renameCommand({ settings }: CommandContext): Command {
  return subcommand('rename', 'Names a board.')
    .argument('<board>', BOARDS_HELP)
    .argument('[name]', 'its name; without one, it goes by its address again')
    .action((board: string, name: string | undefined) =>
      order(settings(), { act: 'rename', board, ...(name && { name }) }),
    );
}
