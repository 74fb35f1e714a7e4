import type { Command } from 'commander';
import { printable, printableJson } from '../../printable.ts';
import { localUrl } from '../../server/socket/server-url.ts';
import type { TrialStep } from '../../trial/trial.ts';
import { readTarget } from '../../trial/trial-target.ts';
import { endText, stepText } from '../../trial/trial-text.ts';
import { tryAsBoard } from '../../trial/try-as-board.ts';
import { UsageError } from '../environment.ts';
import { RUN_TIME_ERROR } from '../exit-status.ts';
import { stopSignal } from '../stop-signal.ts';
import type { CommandContext } from './commands.ts';
import { subcommand } from './subcommand.ts';

/** Bytes between two tellings of how far a download is. */
const PROGRESS_BYTES = 1e6;

/**
 * `update-server try '<query of a board>'`: does what a board does, up to where it would write to its disk, and tells each
 * step. Ends with 1 where a board would fail, and with 2 where nothing could be tried.
 */
export function tryCommand({ settings }: CommandContext): Command {
  return subcommand('try', 'Does what a board does, writes nowhere, and tells what the board would run then.')
    .argument(
      '<query>',
      "the query of a board: 'name=docker-box&board=odroid-c4'; or its path or URL, or <box>/<image>",
    )
    .option('--at <URL>', 'the server to ask (the one at HOST and PORT)')
    .option('--json', 'prints the steps and the end as JSON')
    .action(async (query: string, { at, json = false }: { at?: string; json?: boolean }) => {
      const { server, path } = readTarget(query);
      const options = { server: at ?? server ?? ownServer(settings()), path, signal: stopSignal('stopped').signal };
      const steps: TrialStep[] = [];
      const onStep = (step: TrialStep) => {
        steps.push(step);
        if (!json) process.stdout.write(stepLine(step));
      };
      const end = await tryAsBoard({
        ...options,
        onStep,
        ...(process.stderr.isTTY && !json && { onProgress: progress() }),
      });
      process.stdout.write(json ? `${printableJson({ steps, end })}\n` : `${printable(endText(end))}\n`);
      if (end.kind === 'failure') process.exitCode = RUN_TIME_ERROR;
    });
}

/** The server that runs here with the same environment. @throws UsageError where that can't be told. */
function ownServer({ host, port, tlsFiles }: ReturnType<CommandContext['settings']>): string {
  if (port === 0) throw new UsageError('PORT=0 is any port: tell the server with --at');
  return localUrl({ host, port }, tlsFiles === undefined ? 'http' : 'https');
}

function stepLine(step: TrialStep): string {
  const seconds = (step.atMs / 1000).toFixed(2).padStart(7);
  return `${seconds} s  ${printable(stepText(step, sizeText))}\n`;
}

function sizeText(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Writes how far a download is to standard error, in a line that the next step takes the place of. */
function progress(): (bytes: number, total: number | undefined) => void {
  let told = 0;
  return (bytes, total) => {
    const isWhole = bytes === total;
    if (bytes - told < PROGRESS_BYTES && !isWhole) return;
    told = bytes;
    const of = total === undefined ? '' : ` of ${sizeText(total)}`;
    process.stderr.write(isWhole ? '\r\x1b[K' : `\r${sizeText(bytes)}${of}\x1b[K`);
  };
}
