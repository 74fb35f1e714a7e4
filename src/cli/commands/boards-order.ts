import type { Command } from 'commander';
import { order } from '../control.ts';
import type { CommandContext } from './commands.ts';
import { BOARDS_HELP, WHY } from './control-options.ts';
import { subcommand } from './subcommand.ts';

/** A subcommand that orders the same for each of some boards, and may say why. */
export function boardsOrder(act: 'hold' | 'release' | 'unpin', summary: string, { settings }: CommandContext): Command {
  return subcommand(act, summary)
    .argument('<board...>', BOARDS_HELP)
    .option(...WHY)
    .action((boards: readonly string[], { why }: { why?: string }) =>
      order(settings(), { act, boards: [...boards], ...(why && { why }) }),
    );
}
