import {
  type ChildProcess,
  type ChildProcessByStdio,
  type SpawnOptionsWithStdioTuple,
  type StdioNull,
  type StdioPipe,
  spawn,
} from 'node:child_process';
import type { Readable } from 'node:stream';
import { COMMAND } from '../board/command.ts';
import { endWithUs } from '../end-with-us.ts';
import { MOST_WAIT_MS } from '../until.ts';

/** What a run of the command that came to an end by itself left behind. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const STARTED = {
  env: { PATH: process.env.PATH ?? '', PORT: '0', CHECKS_PATH: 'none' },
  stdio: ['ignore', 'pipe', 'pipe'],
  timeout: MOST_WAIT_MS,
  killSignal: 'SIGKILL',
} satisfies SpawnOptionsWithStdioTuple<StdioNull, StdioPipe, StdioPipe>;

/** Runs `update-server` to its end, with nothing in its environment but `env`. */
export async function runCommand(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Outcome> {
  return await outcomeOf(startCommand(args, env));
}

/** Runs it the same, where no byte of what it prints can be written: full(4). */
export async function runOnFullDisk(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Outcome> {
  const shell = ['-c', 'exec "$0" "$@" >/dev/full', process.execPath, COMMAND, ...args];
  return await outcomeOf(spawn('sh', shell, { ...STARTED, env: { ...STARTED.env, ...env } }));
}

/** The same, where a file takes its first 4 KiB only: setrlimit(2). */
export async function runWithLittleRoom(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  file: string,
): Promise<Outcome> {
  const shell = ['-c', 'ulimit -f 4; exec "$0" "$@" >"$OUTPUT"', process.execPath, COMMAND, ...args];
  return await outcomeOf(spawn('bash', shell, { ...STARTED, env: { ...STARTED.env, ...env, OUTPUT: file } }));
}

/** Starts the same; it is killed when it does not end in time. */
export function startCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcessByStdio<null, Readable, Readable> {
  const child = spawn(process.execPath, [COMMAND, ...args], { ...STARTED, env: { ...STARTED.env, ...env } });
  endWithUs(child);
  return child;
}

function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...printed }));
  });
}
