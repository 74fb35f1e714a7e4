import type { Command } from 'commander';
import { order } from '../control.ts';
import type { CommandContext } from './commands.ts';
import { BOARDS_HELP } from './control-options.ts';
import { subcommand } from './subcommand.ts';

/** `update-server tag <board> <tag>… [--remove]`: adds tags to a board, or removes them. */
export function tagCommand({ settings }: CommandContext): Command {
  return subcommand('tag', 'Adds tags to a board.')
    .argument('<board>', BOARDS_HELP)
    .argument('<tag...>', 'names of groups')
    .option('--remove', 'removes them')
    .action((board: string, tags: readonly string[], { remove = false }: { remove?: boolean }) =>
      order(settings(), {
        act: 'tag',
        boards: [board],
        add: remove ? [] : [...tags],
        remove: remove ? [...tags] : [],
      }),
    );
}
