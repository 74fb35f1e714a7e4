/** VS Code's server as a process of its own: started, awaited, ended with everything it started. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { whenWeEnd } from '../end-with-us.ts';
import { pathWithNode } from './npm.ts';
import type { Installation } from './setup.ts';

/** The folders of one VS Code. */
export interface Folders {
  /** HOME, the XDG folders and TMPDIR lie below it. */
  home: string;
  userData: string;
  extensions: string;
}

/** A running server. */
export interface Server {
  /** `http://127.0.0.1:<port>/` */
  url: string;
  /** What it printed so far. */
  output(): string;
  /** Ends it and every process it started. */
  close(): Promise<void>;
}

/** Usually half a second; a busy machine with cold disks gets more. */
const START_TIMEOUT_MS = 60_000;
/** VS Code ends within a second when asked to; after this it is made to. */
const STOP_TIMEOUT_MS = 5_000;
const LISTENING = /HTTP server listening on (http:\/\/\S+)/;

/** Starts a server on a free port and waits until it listens. */
export async function startServer(
  { node, entry }: Installation,
  folders: Folders,
  { args, env }: { args: string[]; env: Record<string, string> },
): Promise<Server> {
  const environment = { ...(await ownEnvironment(folders.home)), ...env };
  const child = spawn(
    node,
    [entry, '--bind-addr', '127.0.0.1:0', '--auth', 'none', ...QUIET, ...folderArguments(folders), ...args],
    { cwd: folders.home, env: environment, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const close = groupEndsWithUs(child);
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const fail = (reason: string) => {
      clearTimeout(timeout);
      reject(new Error(`VS Code's server ${reason}:\n${output}`));
      void close();
    };
    const timeout = setTimeout(fail, START_TIMEOUT_MS, `did not listen within ${START_TIMEOUT_MS / 1000} s`);
    child.once('error', reject).once('exit', (status) => fail(`ended with status ${status}`));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const address = LISTENING.exec(output)?.[1];
        if (address) {
          clearTimeout(timeout);
          resolve(address);
        }
      });
    }
  });
  return { url, output: () => output, close };
}

/** Installs a packaged extension the way a user's VS Code does. */
export async function installExtension(installation: Installation, folders: Folders, vsix: string): Promise<void> {
  const args = [installation.entry, ...folderArguments(folders), '--install-extension', vsix, '--force'];
  const env = await ownEnvironment(folders.home);
  const { stdout, stderr } = await promisify(execFile)(installation.node, args, { cwd: folders.home, env });
  if (!/successfully installed/.test(stdout)) {
    throw new Error(`${vsix} was not installed:\n${stdout}${stderr}`);
  }
}

const QUIET = ['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'];

function folderArguments({ userData, extensions }: Folders): string[] {
  return ['--user-data-dir', userData, '--extensions-dir', extensions];
}

/**
 * Only what a program needs, nothing from around the test: a terminal inside VS Code, npm and the test runner all
 * leave variables behind that change what the server does, and PORT would be taken for its own.
 */
async function ownEnvironment(home: string): Promise<Record<string, string>> {
  const folders = { HOME: home, XDG_CONFIG_HOME: '.config', XDG_DATA_HOME: '.local/share', XDG_CACHE_HOME: '.cache' };
  const env: Record<string, string> = {
    // Without a gallery of extensions VS Code does not look for one on the network.
    EXTENSIONS_GALLERY: '{}',
    PATH: pathWithNode(),
    LANG: process.env.LANG ?? 'C.UTF-8',
    TZ: process.env.TZ ?? 'UTC',
  };
  for (const [name, folder] of Object.entries({ ...folders, TMPDIR: 'tmp' })) {
    env[name] = path.resolve(home, folder);
    await mkdir(env[name], { recursive: true });
  }
  return env;
}

/** Lets a process, the leader of its group, not outlive this one; the answer ends the group. */
function groupEndsWithUs(child: ChildProcess): () => Promise<void> {
  const kill = (signal: NodeJS.Signals) => {
    try {
      process.kill(-(child.pid ?? Number.NaN), signal);
    } catch {
      // The group is gone already.
    }
  };
  const killNow = () => kill('SIGKILL');
  const callOff = whenWeEnd(killNow);

  let ending: Promise<void> | undefined;
  const end = async () => {
    const ended = new Promise<void>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) {
        resolve();
      } else {
        child.once('exit', () => resolve());
      }
    });
    kill('SIGTERM');
    const timeout = setTimeout(killNow, STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timeout);
    killNow();
    callOff();
  };
  return () => {
    ending ??= end();
    return ending;
  };
}
