#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import zlib from 'node:zlib';
import packageJson from '../package.json' with { type: 'json' };
import { COMMANDS } from './cli/commands/commands.ts';
import { pathToControl } from './cli/control-path.ts';
import { readEnvironment, UsageError } from './cli/environment.ts';
import { failureStatus, USAGE_ERROR } from './cli/exit-status.ts';
import { HELP } from './cli/help.ts';
import { isJournal, PRIORITIES, STDERR } from './cli/journal.ts';
import { writeWhole } from './cli/whole-writes.ts';
import { errorCode, systemErrorCode, UserError } from './errors.ts';
import { printable } from './printable.ts';

// Young garbage gets no more room than at the start: it would grow the process by 60 MB over a few thousand downloads.
setFlagsFromString('--semi-space-growth-factor=1');

process.stdout.on('error', tellUnwritten);
writeWhole(process.stdout);

await main(process.argv.slice(2), process.env).catch(tellFailure);

async function main(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  if (!('createZstdDecompress' in zlib)) {
    throw new UserError(`this needs Node 22.15 or later, and runs on ${process.version}`);
  }
  const [name, ...rest] = args;
  if (name === undefined || name === '--fault') {
    process.title = 'update-server'; // ps(1), top(1) and systemctl(1) would show Node's "MainThread"
    const settings = readEnvironment(environment);
    const { serve } = await import('./cli/serve.ts'); // nothing else needs all of the server
    await serve(settings, environment, name === undefined ? undefined : rest);
    process.exit(0); // lines of the log that nobody reads would keep the process
  }
  const define = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (define !== undefined) {
    const { runSubcommand } = await import('./cli/commands/subcommand.ts');
    const settings = () => ({ ...readEnvironment(environment), controlPath: pathToControl(environment) });
    await runSubcommand(await define({ settings }), rest);
    return;
  }
  const isAlone = rest.length === 0;
  if (isAlone && name === '--help') process.stdout.write(HELP);
  else if (isAlone && name === '--version') process.stdout.write(`${packageJson.version}\n`);
  else throw new UsageError(`unknown argument ${args.join(' ')}; see update-server --help`);
}

/** Says once that not all was printed: where a disk is full, half a list looks like a whole one. */
function tellUnwritten(error: Error): void {
  if (errorCode(error) === 'EPIPE') return; // whoever read it has read enough: `| head`
  process.stdout.off('error', tellUnwritten).on('error', () => {}); // what follows fails likewise
  tellFailure(new UserError(`can't write to standard output (${errorCode(error) ?? error.message})`));
  process.exitCode = failureStatus(process.argv[2]);
}

/** Says on standard error what went wrong: in the journal, each of its lines is an error. */
function tellFailure(error: unknown): void {
  const text = `update-server: ${failureText(error)}`;
  process.stderr.write(`${isJournal(STDERR, process.env) ? text.replaceAll(/^/gm, PRIORITIES.error) : text}\n`);
  process.exitCode ??= error instanceof UsageError ? USAGE_ERROR : failureStatus(process.argv[2]);
}

/** What the system refuses says itself what that was, and where; a bug keeps its stack, for a report. */
function failureText(error: unknown): string | undefined {
  if (!(error instanceof Error)) return String(error);
  const isRefused = error instanceof UserError || systemErrorCode(error) !== undefined;
  return isRefused ? printable(error.message) : error.stack;
}
