import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { COMMAND } from '../board/command.ts';
import { requireTools } from '../tools/tools.ts';
import { beforeLong } from '../until.ts';

const SUPERVISOR = fileURLToPath(new URL('supervisor.py', import.meta.url));

/** What `supervisor.py` tells, in its words. */
interface Facts {
  readonly port: number;
  readonly pid: number;
  readonly message: string;
  readonly line: string;
  readonly status: number;
}

export interface SupervisedOptions {
  readonly imagePath: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What is handed over; a socket on a free port of loopback without it. */
  readonly sockets?: readonly ('tcp' | 'unix' | 'pipe')[];
  /** What is run as `update-server`; the source without it. */
  readonly command?: readonly string[];
}

/** The command under a supervisor that holds its socket and hears its notifications, as systemd does. */
export class Supervised implements AsyncDisposable {
  readonly #child;
  readonly #told: Partial<Facts>[] = [];
  readonly #news = new EventEmitter();

  constructor({ imagePath, env = {}, sockets = ['tcp'], command = [COMMAND] }: SupervisedOptions) {
    const tools = requireTools('python3', 'systemd-notify');
    const programs = [path.dirname(tools['systemd-notify']), process.env.PATH].join(path.delimiter);
    const environment = { PATH: programs, CHECKS_PATH: 'none', IMAGE_PATH: imagePath, ...env };
    this.#child = spawn(
      tools.python3,
      [SUPERVISOR, JSON.stringify(environment), ...sockets, '--', process.execPath, ...command],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    createInterface(this.#child.stdout).on('line', (line) => {
      this.#told.push(JSON.parse(line));
      this.#news.emit('news');
    });
  }

  /** All that was told by one word so far, oldest first. */
  all<Name extends keyof Facts>(name: Name): Facts[Name][] {
    return this.#told.flatMap(({ [name]: fact }) => (fact === undefined ? [] : [fact as Facts[Name]]));
  }

  /** What was told by one word, when there are `count` of them, or one `matches`. @throws when that takes too long. */
  async until<Name extends keyof Facts>(name: Name, matches: number | RegExp): Promise<Facts[Name][]> {
    const signal = beforeLong();
    const isThere = () => {
      const facts = this.all(name);
      return typeof matches === 'number' ? facts.length >= matches : facts.some((fact) => matches.test(String(fact)));
    };
    while (!isThere()) {
      await once(this.#news, 'news', { signal }).catch(() => {
        throw new Error(`waited for ${name} ${matches} in vain; told was ${JSON.stringify(this.#told)}`);
      });
    }
    return this.all(name);
  }

  /** Ends the command by SIGTERM, and starts it again when it has ended. */
  restart(): void {
    this.#child.stdin.write('restart\n');
  }

  /** Ends the command by SIGTERM; answers its exit status. */
  async stop(): Promise<number | undefined> {
    this.#child.stdin.write('stop\n');
    const ends = this.all('status').length;
    return (await this.until('status', ends + 1)).at(-1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    if (this.#child.exitCode === null) await once(this.#child, 'close');
  }
}
