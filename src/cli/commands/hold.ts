import type { Command } from 'commander';
import { boardsOrder } from './boards-order.ts';
import type { CommandContext } from './commands.ts';

/** `update-server hold <board>… [--why <text>]`: from their next requests on, boards get nothing. */
export function holdCommand(context: CommandContext): Command {
  return boardsOrder('hold', 'Puts boards on hold: they boot on with what they have.', context);
}
