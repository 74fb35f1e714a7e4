import type { Command } from 'commander';
import type { CommandSettings } from '../environment.ts';

/** What a subcommand is given. */
export interface CommandContext {
  /** Reads the environment. @throws UsageError */
  settings(): CommandSettings;
}

/** Subcommands by their names. */
export type Subcommands = Readonly<Record<string, (context: CommandContext) => Promise<Command>>>;

/**
 * The subcommands by their names, each from the file that is named after it, read when it runs. Each sets
 * `process.exitCode` where it ends with another status than 0.
 */
export const COMMANDS: Subcommands = {
  boards: async (context) => (await import('./boards.ts')).boardsCommand(context),
  builds: async (context) => (await import('./builds.ts')).buildsCommand(context),
  cat: async (context) => (await import('./cat.ts')).catCommand(context),
  completion: async (context) => (await import('./completion.ts')).completionCommand(context, COMMANDS),
  diff: async (context) => (await import('./diff.ts')).diffCommand(context),
  explain: async (context) => (await import('./explain.ts')).explainCommand(context),
  fault: async (context) => (await import('./fault.ts')).faultCommand(context),
  forget: async (context) => (await import('./forget.ts')).forgetCommand(context),
  hold: async (context) => (await import('./hold.ts')).holdCommand(context),
  images: async (context) => (await import('./images.ts')).imagesCommand(context),
  log: async (context) => (await import('./log.ts')).logCommand(context),
  ls: async (context) => (await import('./ls.ts')).lsCommand(context),
  mcp: async (context) => (await import('./mcp.ts')).mcpCommand(context),
  pack: async () => (await import('./pack.ts')).packCommand(),
  packages: async (context) => (await import('./packages.ts')).packagesCommand(context),
  pin: async (context) => (await import('./pin.ts')).pinCommand(context),
  publish: async (context) => (await import('./publish.ts')).publishCommand(context),
  release: async (context) => (await import('./release.ts')).releaseCommand(context),
  rename: async (context) => (await import('./rename.ts')).renameCommand(context),
  rollout: async (context) => (await import('./rollout.ts')).rolloutCommand(context),
  sbom: async (context) => (await import('./sbom.ts')).sbomCommand(context),
  'serve-build': async (context) => (await import('./serve-build.ts')).serveBuildCommand(context),
  'serve-once': async (context) => (await import('./serve-once.ts')).serveOnceCommand(context),
  tag: async (context) => (await import('./tag.ts')).tagCommand(context),
  try: async (context) => (await import('./try.ts')).tryCommand(context),
  unpin: async (context) => (await import('./unpin.ts')).unpinCommand(context),
  verify: async (context) => (await import('./verify.ts')).verifyCommand(context),
};
