import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { systemErrorCode } from '../../src/errors.ts';
import { whenWeEnd } from '../end-with-us.ts';

const PREBOOT = fileURLToPath(new URL('preboot', import.meta.url));

/** No boot in a test takes this long; one that does hangs, and the test shall end. */
const BOOT_TIMEOUT_MS = 120_000;

/**
 * Runs the boards' script under `shell`; `signal` ends it and all that it started, at once. What it prints goes to the
 * file `log`, as on a board: output and errors in the order in which they came.
 */
export async function runPreboot(
  shell: string,
  environment: Readonly<Record<string, string>>,
  log: string,
  signal?: AbortSignal,
): Promise<{ output: string; exit: number }> {
  const timeout = AbortSignal.timeout(BOOT_TIMEOUT_MS);
  const plug = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  plug.throwIfAborted();
  const [program, ...args] = shell.endsWith('bash') ? [shell, PREBOOT] : [shell, 'sh', PREBOOT];
  // Only these variables: a proxy or a .curlrc of the machine is none of the board's.
  await using file = await open(log, 'w');
  const child = spawn(program, args, { env: environment, stdio: ['ignore', file.fd, file.fd], detached: true });
  const pull = () => killGroup(child.pid);
  plug.addEventListener('abort', pull);
  const callOff = whenWeEnd(pull);
  try {
    const [status, killedBy] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    const output = await readFile(log, 'utf8');
    return { output, exit: status ?? 128 + constants.signals[killedBy ?? 'SIGKILL'] };
  } finally {
    plug.removeEventListener('abort', pull);
    callOff();
  }
}

/** Kills the script and its programs, which are a process group of their own. */
function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    // ESRCH: they all ended in this very moment.
    if (systemErrorCode(error) !== 'ESRCH') throw error;
  }
}
