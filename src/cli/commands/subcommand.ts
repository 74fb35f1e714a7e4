import { Command, CommanderError } from 'commander';
import { UsageError } from '../environment.ts';

/** What is said of an image in the help of a subcommand. */
export const IMAGE_HELP = '<box>/<image> or <image> below IMAGE_PATH, or the path of an .img or .img.zst';

/** A subcommand that takes nothing yet. It prints its help itself, and throws what is wrong with its arguments. */
export function subcommand(name: string, summary: string): Command {
  return new Command(`update-server ${name}`)
    .description(summary)
    .helpOption('--help', 'prints this')
    .showSuggestionAfterError(false) // it would be a second line
    .configureOutput({ outputError: () => {} })
    .exitOverride();
}

/**
 * Runs a subcommand with its arguments.
 * @throws UsageError when they make no sense, and what the subcommand throws.
 */
export async function runSubcommand(command: Command, args: readonly string[]): Promise<void> {
  try {
    await command.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return; // it printed its help
    throw new UsageError(`${error.message.replace(/^error: |\.$/g, '')}; see ${command.name()} --help`);
  }
}
