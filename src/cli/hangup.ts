import { closeSync, openSync, readFileSync } from 'node:fs';
import { isatty } from 'node:tty';
import { UserError } from '../errors.ts';
import type { UpdateServer } from '../server/update-server.ts';
import type { CommandSettings } from './environment.ts';
import type { LineLog } from './line-log.ts';
import { type Read, readTls, readUsers } from './secrets.ts';

/** The descriptor of standard input. */
const STDIN = 0;

/**
 * On SIGHUP, `server` reloads the users and the certificate from their files; invalid ones leave the old ones in force.
 * If SIGHUP means that the terminal is gone, a server in its foreground stops as on SIGTERM. One in the background goes
 * on: whoever starts it by `nohup` or with SIGHUP ignored wants that, and Node reverts an inherited "ignore" before
 * anything here runs.
 */
export function renewOnHangup(server: UpdateServer, settings: CommandSettings, log: LineLog): void {
  // not by `process.stdin`, which takes the input over: whoever shares it could not wait for it any more
  const endsWithTerminal = isatty(STDIN) && !isInBackground();
  let renewing = Promise.resolve();
  process.on('SIGHUP', () => {
    if (endsWithTerminal && !hasTerminal()) {
      log.write('SIGHUP: the terminal is gone', 'hangup');
      void server.stop();
      return;
    }
    renewing = renewing.then(() => renew(server, settings, log));
  });
}

async function renew(server: UpdateServer, { auth, tlsFiles }: CommandSettings, log: LineLog): Promise<void> {
  if (auth?.kind === 'file') {
    await attempt(log, `the users in ${auth.path}`, readUsers(auth.path), (users) => server.renewCredentials(users));
  }
  if (tlsFiles !== undefined) {
    const what = `the certificate in ${tlsFiles.certPath}`;
    await attempt(log, what, readTls(tlsFiles), (pair) => server.renewTls(pair));
  }
  if (auth?.kind !== 'file' && tlsFiles === undefined) {
    log.write('SIGHUP: there is nothing to read anew: AUTH names no file, and TLS_CERT is not set', 'hangup');
  }
}

async function attempt<T>(log: LineLog, what: string, reading: Promise<Read<T>>, use: (value: T) => void) {
  try {
    const { value, warnings } = await reading;
    use(value);
    log.write(`SIGHUP: read ${what} anew`, 'hangup');
    for (const warning of warnings) log.write(warning, 'hangup', 'warning');
  } catch (error) {
    const reason = error instanceof UserError ? error.message : String(error);
    log.write(`SIGHUP: ${reason}; what was in force stays so`, 'hangup', 'error');
  }
}

/** Whether there still is a terminal; Windows sends SIGHUP only when its window was closed. */
function hasTerminal(): boolean {
  if (process.platform === 'win32') return false;
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

/** Whether this process is a job in its terminal's background (proc_pid_stat(5)); not known where there is no /proc. */
function isInBackground(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return group !== foreground;
  } catch {
    return false;
  }
}
