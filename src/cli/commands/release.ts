import type { Command } from 'commander';
import { boardsOrder } from './boards-order.ts';
import type { CommandContext } from './commands.ts';

/** `update-server release <board>… [--why <text>]`: ends holds, and what was stopped as a loop. */
export function releaseCommand(context: CommandContext): Command {
  return boardsOrder('release', 'Releases boards from their holds, and from having been stopped.', context);
}
