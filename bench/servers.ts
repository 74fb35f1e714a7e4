import { type ChildProcess, spawnSync } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from './client.ts';
import type { Scratch } from './scratch.ts';

/** A server under test, running. */
export interface Server {
  readonly url: URL;
  readonly pid: number;
  readonly child: ChildProcess;
}

const PROJECT = path.dirname(import.meta.dirname);
const START_TIMEOUT_MS = 30_000;
const POLL_MS = 5;

/** The built command's path; it is built first where it is missing. */
export function builtServer(): string {
  const built = path.join(PROJECT, 'dist/update-server.js');
  if (existsSync(built)) return built;
  const { status } = spawnSync(process.execPath, ['esbuild.mjs'], { cwd: PROJECT, stdio: 'inherit' });
  if (status !== 0) throw new Error('the server cannot be built');
  return built;
}

/** Starts `program`, a build of our server, on an image folder; it logs to a file. */
export async function startOurs(scratch: Scratch, program: string, imageFolder: string): Promise<Server> {
  const port = await freePort();
  const log = openSync(path.join(scratch.folder, `ours-${port}.log`), 'a');
  const child = scratch.start(process.execPath, [program], {
    stdio: ['ignore', log, 'inherit'],
    env: { ...process.env, HOST: '127.0.0.1', PORT: String(port), IMAGE_PATH: imageFolder, CHECKS_PATH: 'none' },
  });
  const url = new URL(`http://127.0.0.1:${port}`);
  await untilItAnswers(url, child);
  return { url, pid: child.pid ?? 0, child };
}

/** Starts the plain Node server on an archive. */
export function startPlain(scratch: Scratch, archive: string): Promise<Server> {
  return startPrinting(scratch, [path.join(import.meta.dirname, 'plain-server.ts'), archive]);
}

/** Starts a server that prints its URL, by its program and arguments. */
export async function startPrinting(scratch: Scratch, args: readonly string[]): Promise<Server> {
  const child = scratch.start(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<URL>((resolve, reject) => {
    child.stdout?.once('data', (line) => resolve(new URL(String(line).trim())));
    child.once('exit', () => reject(new Error(`${path.basename(args[0] ?? '')} did not start`)));
  });
  return { url, pid: child.pid ?? 0, child };
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Waits until the server that `child` is to become takes connections. */
export async function untilItAnswers(url: URL, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      await request(url);
      return;
    } catch (error) {
      if (child.exitCode !== null || performance.now() > deadline) {
        throw new Error(`${path.basename(child.spawnfile)} did not start`, { cause: error });
      }
      await sleep(POLL_MS);
    }
  }
}
