import { type ChildProcess, spawn } from 'node:child_process';
import { on } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { endWithUs } from '../end-with-us.ts';
import { beforeLong } from '../until.ts';
import { COMMAND } from './command.ts';

/** What a stopped command may take to finish its transfers; a test that leaves more open wants it dead. */
const STOP_TIMEOUT_MS = 5_000;

export interface UpdateServerOptions {
  /** The folder of images it serves. */
  readonly imagePath: string;
  /** Its arguments; none if absent. */
  readonly args?: readonly string[];
  /** Variables over those of every test: loopback, a free port, no stop after a request, nothing kept. */
  readonly env?: Readonly<Record<string, string>>;
  /** How many files the system lets it open (ulimit in sh(1)); as many as the test's own process if absent. */
  readonly mostFiles?: number;
  /** A program and its first arguments, which runs what else it is given; the command is run as it is if absent. */
  readonly wrapper?: readonly string[];
}

export interface Exit {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The stand-alone command, running. */
export interface RunningServer extends AsyncDisposable {
  /** Its address without a slash at the end: `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly pid: number;
  /** The lines it has printed up to now, stdout and stderr, in the order they came. */
  lines(): readonly string[];
  readonly exited: Promise<Exit>;
  /** Sends `signal`, SIGTERM if absent, and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
}

/** Starts `update-server` as a user would, and waits until it says where it listens. */
export async function startUpdateServer({
  imagePath,
  args = [],
  env = {},
  mostFiles,
  wrapper = [],
}: UpdateServerOptions): Promise<RunningServer> {
  const command = [...wrapper, process.execPath, COMMAND, ...args];
  const [program = '', ...rest] =
    mostFiles === undefined ? command : ['sh', '-c', `ulimit -n ${mostFiles} && exec "$@"`, 'sh', ...command];
  const child = spawn(program, rest, {
    env: {
      PATH: process.env.PATH ?? '',
      HOST: '127.0.0.1',
      PORT: '0',
      IMAGE_PATH: imagePath,
      STOP_AFTER_REQUEST: 'false',
      CHECKS_PATH: 'none',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed: string[] = [];
  const exited = exitOf(child);
  const kill = () => child.kill('SIGKILL');
  endWithUs(child);
  const stdout = createInterface(child.stdout);
  for (const stream of [stdout, createInterface(child.stderr)]) stream.on('line', (line) => printed.push(line));

  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    return exited;
  };
  const url = await Promise.race([urlSaid(stdout, beforeLong()), exited.then(() => undefined)]).catch(() => undefined);
  if (url === undefined || child.pid === undefined) {
    kill();
    throw new Error(`update-server did not say where it listens. It printed:\n${printed.join('\n')}`);
  }
  return {
    url,
    pid: child.pid,
    lines: () => [...printed],
    exited,
    stop,
    async [Symbol.asyncDispose]() {
      const deadline = setTimeout(kill, STOP_TIMEOUT_MS);
      await stop();
      clearTimeout(deadline);
    },
  };
}

/** The address in the first line that has one; what is damaged may be told before. */
async function urlSaid(stdout: Interface, signal: AbortSignal): Promise<string | undefined> {
  for await (const [line] of on(stdout, 'line', { signal, close: ['close'] })) {
    const url = /https?:\/\/[^\s/"]+/.exec(String(line))?.[0];
    if (url !== undefined) return url;
  }
  return undefined;
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => resolve({ status, signal }));
  });
}
