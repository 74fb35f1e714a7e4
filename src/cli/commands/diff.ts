import type { Command } from 'commander';
import { compareInventories, isNone, unexpectedOf } from '../../contents/inventory-difference.ts';
import { printableJson } from '../../printable.ts';
import { differenceLines, differenceObject } from '../difference-lines.ts';
import { inventoryOf } from '../image-inventory.ts';
import type { CommandContext } from './commands.ts';
import { IMAGE_HELP, subcommand } from './subcommand.ts';

/** As diff(1) has it. */
const DIFFERENT = 1;

/**
 * `update-server diff <image> <image> [--json] [--all]`: what is different in the second image. Ends with 0 where nothing
 * is, with 1 where something is, and with 2 where that can't be told.
 */
export function diffCommand({ settings }: CommandContext): Command {
  return subcommand('diff', 'Tells what is different in another image: packages, board.conf, files, and the initramfs.')
    .argument('<before>', `${IMAGE_HELP}; or @<build ID>, or its beginning, of a build whose inventory is kept`)
    .argument('<after>', 'the other one')
    .option('--all', 'counts what is different in every build, too, such as logs and the build ID')
    .option('--json', 'prints an object')
    .action(async (beforeText: string, afterText: string, options: { readonly all?: true; readonly json?: true }) => {
      const before = await inventoryOf(beforeText, settings());
      const after = await inventoryOf(afterText, settings());
      const whole = compareInventories(before, after);
      const shown = options.all ? whole : unexpectedOf(whole);
      const lines = options.json
        ? [printableJson(differenceObject(before, after, shown))]
        : differenceLines(whole, options.all ?? false);
      process.stdout.write(lines.map((line) => `${line}\n`).join(''));
      if (!isNone(shown)) process.exitCode = DIFFERENT;
    });
}
