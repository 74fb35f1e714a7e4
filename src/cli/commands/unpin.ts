import type { Command } from 'commander';
import { boardsOrder } from './boards-order.ts';
import type { CommandContext } from './commands.ts';

/** `update-server unpin <board>… [--why <text>]`: boards get what they ask for. */
export function unpinCommand(context: CommandContext): Command {
  return boardsOrder('unpin', 'Gives boards what they ask for again.', context);
}
