import { execFile } from 'node:child_process';
import { systemErrorCode } from '../errors.ts';

/** systemd-notify waits until its message was read; a manager that takes longer is not going to. */
const NOTIFY_TIMEOUT_MS = 5_000;

/** A watchdog is told twice as often as it looks: sd_watchdog_enabled(3). */
const TIMES_PER_WATCHDOG = 2;

const VARIABLES = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'] as const;

/** Whom messages go to, and how often it wants to hear that all is well. */
interface Manager {
  readonly socket: string;
  readonly everyMs: number | undefined;
}

/** What is told about a service that is asked how it is: a text for people, or undefined when it is not well. */
export type Wellbeing = () => Promise<string | undefined>;

/**
 * Reports the service's state to the service manager: sd_notify(3). Messages go by systemd-notify(1), since Node has no
 * UNIX datagram sockets; the unit needs `NotifyAccess=all`. Without a manager, nothing is done; failures go to
 * `onFailure`, once for each reason, and are never fatal. Close it.
 */
export class ServiceManager {
  readonly #manager: Manager | undefined;
  readonly #onFailure: (text: string) => void;
  #sent: Promise<void> = Promise.resolve();
  #failure = '';
  #watching: NodeJS.Timeout | undefined;

  private constructor(manager: Manager | undefined, onFailure: (text: string) => void) {
    this.#manager = manager;
    this.#onFailure = onFailure;
  }

  /**
   * The manager that `environment` names to the process `pid`. Takes the variables out of it, so that no program started
   * from here takes them for its own.
   */
  static take(environment: NodeJS.ProcessEnv, pid: number, onFailure: (text: string) => void): ServiceManager {
    const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID } = environment;
    for (const name of VARIABLES) delete environment[name];
    if (!NOTIFY_SOCKET) return new ServiceManager(undefined, onFailure);
    const isOurs = WATCHDOG_PID === undefined || WATCHDOG_PID === String(pid);
    const everyMs = Math.floor(Number(WATCHDOG_USEC ?? 0) / 1000 / TIMES_PER_WATCHDOG);
    return new ServiceManager(
      { socket: NOTIFY_SOCKET, everyMs: isOurs && everyMs > 0 ? everyMs : undefined },
      onFailure,
    );
  }

  /** The service serves. From now on, if the manager has a watchdog, it hears of it as long as `ask` says all is well. */
  ready(status: string, ask: Wellbeing): void {
    this.#send('READY=1', `STATUS=${status}`);
    const everyMs = this.#manager?.everyMs;
    if (everyMs !== undefined) this.#watching ??= setInterval(() => void this.#tellWatchdog(ask), everyMs);
  }

  /** The service begins to stop. The watchdog goes on hearing of it meanwhile. */
  stopping(status: string): void {
    this.#send('STOPPING=1', `STATUS=${status}`);
  }

  /** Settles when all messages are out. No more are sent to the watchdog. */
  async close(): Promise<void> {
    clearInterval(this.#watching);
    await this.#sent;
  }

  async #tellWatchdog(ask: Wellbeing): Promise<void> {
    const status = await ask();
    if (status !== undefined) this.#send('WATCHDOG=1', `STATUS=${status}`);
  }

  /** One at a time: a message that overtook another would tell of a service that starts after it stopped. */
  #send(...assignments: readonly string[]): void {
    const socket = this.#manager?.socket;
    if (socket === undefined) return;
    this.#sent = this.#sent.then(async () => {
      const failure = await notify(socket, assignments);
      if (failure !== '' && failure !== this.#failure) {
        this.#onFailure(`the service manager could not be told ${assignments[0]}: ${failure}`);
      }
      this.#failure = failure;
    });
  }
}

/** Answers with what went wrong, in a line; nothing where nothing did. */
function notify(socket: string, assignments: readonly string[]): Promise<string> {
  const env = { PATH: process.env.PATH, NOTIFY_SOCKET: socket };
  return new Promise((resolve) => {
    execFile('systemd-notify', assignments, { env, timeout: NOTIFY_TIMEOUT_MS }, (error, _stdout, stderr) => {
      if (error === null) return resolve('');
      if (systemErrorCode(error) === 'ENOENT') return resolve('there is no systemd-notify on PATH');
      if (error.killed) return resolve('systemd-notify did not end');
      resolve(stderr.trim().split('\n')[0] || error.message);
    });
  });
}
