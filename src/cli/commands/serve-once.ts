import type { Command } from 'commander';
import { order } from '../control.ts';
import type { CommandContext } from './commands.ts';
import { BOARDS_HELP, WHY } from './control-options.ts';
import { subcommand } from './subcommand.ts';

/** `update-server serve-once <board> [<image>] [--why <text>]`: a board gets one update, and then what it got before. */
export function serveOnceCommand({ settings }: CommandContext): Command {
  return subcommand('serve-once', 'Gives a board one update, though it was stopped or it is not its turn.')
    .argument('<board>', BOARDS_HELP)
    .argument('[image]', '<box>/<image>, or <image>: that, whatever the board asks for')
    .option(...WHY)
    .action((board: string, image: string | undefined, { why }: { why?: string }) =>
      order(settings(), { act: 'serve-once', boards: [board], ...(image && { image }), ...(why && { why }) }),
    );
}
