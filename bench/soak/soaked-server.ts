import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { whenWeEnd } from '../../test/end-with-us.ts';
import { openDescriptors, residentBytes } from '../process-stats.ts';
import { freePort } from '../servers.ts';

const COMMAND = path.join(import.meta.dirname, '../../src/cli.ts');

/** The server drains for at most 30 s before it ends; it starts within one. */
const TURN_TIMEOUT_MS = 40_000;

/**
 * What systemd is to a service and its socket: for each line it reads, it starts the command with the listening socket
 * as descriptor 3 (sd_listen_fds(3)), and tells its process and how that ended. The innermost shell becomes the command,
 * so that LISTEN_PID is its number.
 */
const SUPERVISOR = `while read -r listen_fds; do
  LISTEN_FDS=$listen_fds sh -c 'LISTEN_PID=$$ exec "$0" "$1"' "$0" "$1" &
  echo "supervisor: pid $!"
  wait $!
  echo "supervisor: exit $?"
done`;

const BROKEN_AT_ONCE = /broken off at byte 0 of \d+: .*(changed while it was being sent|is being written)/;

/** What is told of a server to be soaked. */
export interface SoakedServerOptions {
  readonly imagePath: string;
  /** The command, as a file for Node; this project's without it. */
  readonly command?: string | undefined;
  /** Hold the listening socket and hand it over, so that it outlives each of the processes. */
  readonly holdsSocket: boolean;
}

/** The command, which may be ended and started again under its port. */
export class SoakedServer {
  readonly port: number;
  /** What it said on its standard error: nothing, if all is well. */
  readonly complaints: string[] = [];
  /** What it logged of transfers that a build broke off before their first byte. */
  readonly brokenAtOnce: string[] = [];
  readonly #holdsSocket: boolean;
  readonly #supervisor: ChildProcess;
  readonly #callOff: () => void;
  #pid = 0;
  #isUp = false;
  #onTold: (told: string) => void = () => {};

  private constructor(port: number, options: SoakedServerOptions, socket: Server | undefined) {
    const { imagePath, command = COMMAND, holdsSocket } = options;
    this.port = port;
    this.#holdsSocket = holdsSocket;
    const supervisor = spawn('/bin/sh', ['-c', SUPERVISOR, process.execPath, command], {
      env: {
        PATH: process.env.PATH ?? '',
        HOST: '127.0.0.1',
        PORT: String(port),
        IMAGE_PATH: imagePath,
        CHECKS_PATH: path.join(path.dirname(imagePath), 'checks.json'),
        STATE_PATH: path.join(path.dirname(imagePath), 'state.json'),
      },
      stdio: ['pipe', 'pipe', 'pipe', ...(socket === undefined ? [] : [descriptorOf(socket)])],
    });
    this.#supervisor = supervisor;
    this.#callOff = whenWeEnd(this.#kill);
    createInterface({ input: supervisor.stderr as NodeJS.ReadableStream }).on('line', (line) => {
      this.complaints.push(line);
    });
    createInterface({ input: supervisor.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      if (BROKEN_AT_ONCE.test(line)) this.brokenAtOnce.push(line);
      const [, pid] = /^supervisor: pid (\d+)$/.exec(line) ?? [];
      if (pid === undefined) this.#onTold(line);
      else this.#pid = Number(pid);
    });
  }

  static async start(options: SoakedServerOptions): Promise<SoakedServer> {
    const port = await freePort();
    const socket = options.holdsSocket ? createServer() : undefined;
    if (socket !== undefined) await once(socket.listen({ host: '127.0.0.1', port, backlog: 4096 }), 'listening');
    const server = new SoakedServer(port, options, socket);
    socket?.close(); // the supervisor has it now: here, it would take connections
    await server.#startProcess();
    return server;
  }

  /** Its memory in bytes and its open files and sockets, now; undefined between two processes. */
  usage(): { readonly residentBytes: number; readonly descriptors: number } | undefined {
    if (!this.#isUp) return undefined;
    return { residentBytes: residentBytes(this.#pid), descriptors: openDescriptors(this.#pid) };
  }

  /** Has it read again what it reads again on SIGHUP, if it is up. */
  reload(): void {
    if (this.#isUp) process.kill(this.#pid, 'SIGHUP');
  }

  /** Ends the process as `systemctl restart` does, and starts the next. */
  async restart(): Promise<void> {
    await this.#stopProcess();
    await this.#startProcess();
  }

  async stop(): Promise<void> {
    try {
      await this.#stopProcess();
    } finally {
      this.#kill();
      this.#callOff();
    }
  }

  async #startProcess(): Promise<void> {
    const told = this.#told();
    this.#supervisor.stdin?.write(this.#holdsSocket ? '1\n' : '0\n');
    const first = await told;
    if (/^supervisor: exit/.test(first)) throw new Error(`the server does not start: ${this.complaints.join(' ')}`);
    this.#isUp = true;
  }

  async #stopProcess(): Promise<void> {
    this.#isUp = false;
    const ended = new Promise<string>((resolve) => {
      this.#onTold = (line) => {
        if (line.startsWith('supervisor: exit ')) resolve(line);
      };
    });
    process.kill(this.#pid, 'SIGTERM');
    const line = await inTime(ended);
    if (line !== 'supervisor: exit 0') throw new Error(`the server ended otherwise than by stopping: ${line}`);
  }

  #told(): Promise<string> {
    return inTime(
      new Promise((resolve) => {
        this.#onTold = resolve;
      }),
    );
  }

  readonly #kill = () => {
    this.#supervisor.kill('SIGKILL');
    try {
      process.kill(this.#pid, 'SIGKILL');
    } catch {
      // it has ended, as it should
    }
  };
}

async function inTime<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the server neither starts nor ends')), TURN_TIMEOUT_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** The descriptor of a listening socket, which Node tells nowhere else. */
function descriptorOf(server: Server): number {
  const { _handle: handle } = server as unknown as { readonly _handle: { readonly fd: number } };
  return handle.fd;
}
