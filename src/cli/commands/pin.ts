import type { Command } from 'commander';
import { order } from '../control.ts';
import type { CommandContext } from './commands.ts';
import { BOARDS_HELP, WHY } from './control-options.ts';
import { subcommand } from './subcommand.ts';

/** `update-server pin <board> <build or image> [--why <text>]`: a board gets that, whatever it asks for. */
export function pinCommand({ settings }: CommandContext): Command {
  return subcommand('pin', 'Gives a board a certain build, or another image, whatever it asks for.')
    .argument('<board>', BOARDS_HELP)
    .argument('<build|image>', 'the beginning of a build ID, or <box>/<image>')
    .option(...WHY)
    .action((board: string, to: string, { why }: { why?: string }) =>
      order(settings(), { act: 'pin', boards: [board], to, ...(why && { why }) }),
    );
}
