import type { Command } from 'commander';
import { order } from '../control.ts';
import type { CommandContext } from './commands.ts';
import { WHY } from './control-options.ts';
import { subcommand } from './subcommand.ts';

/** `update-server serve-build <image> <build|newest> [--why <text>]`: serves a kept build in place of the newest, or that again. */
export function serveBuildCommand({ settings }: CommandContext): Command {
  return subcommand('serve-build', 'Serves a kept build in place of the newest one, or the newest again.')
    .argument('<image>', '<box>/<image>, or <image>')
    .argument('<build|newest>', 'the beginning of the ID of a kept build, or newest')
    .option(...WHY)
    .action((image: string, build: string, { why }: { why?: string }) =>
      order(settings(), { act: 'serve-build', image, build, ...(why && { why }) }),
    );
}
