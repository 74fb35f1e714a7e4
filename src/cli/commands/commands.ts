import type { Command } from 'commander';
import type { CommandSettings } from '../environment.ts';

/** What a subcommand is given. */
export interface CommandContext {
  /** Reads the environment. @throws UsageError */
  settings(): CommandSettings;
}

/**
 * The subcommands by their names, each from the file that is named after it, read when it runs. Each sets
 * `process.exitCode` where it ends with another status than 0.
 */
export const COMMANDS: Readonly<Record<string, (context: CommandContext) => Promise<Command>>> = {
  cat: async (context) => (await import('./cat.ts')).catCommand(context),
  diff: async (context) => (await import('./diff.ts')).diffCommand(context),
  explain: async (context) => (await import('./explain.ts')).explainCommand(context),
  ls: async (context) => (await import('./ls.ts')).lsCommand(context),
  pack: async () => (await import('./pack.ts')).packCommand(),
  packages: async (context) => (await import('./packages.ts')).packagesCommand(context),
  publish: async (context) => (await import('./publish.ts')).publishCommand(context),
  sbom: async (context) => (await import('./sbom.ts')).sbomCommand(context),
  verify: async (context) => (await import('./verify.ts')).verifyCommand(context),
};
