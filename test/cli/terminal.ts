import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { COMMAND } from '../board/command.ts';
import { requireTools } from '../tools/tools.ts';
import { beforeLong } from '../until.ts';

const TERMINAL = fileURLToPath(new URL('terminal.py', import.meta.url));

/** The keys Ctrl-S and Ctrl-Q, and the terminal's end. */
export type Order = 'stop' | 'go' | 'hang up';

/** `update-server` at a terminal of its own. */
export class Terminal implements AsyncDisposable {
  readonly #child;
  readonly #lines: string[] = [];
  readonly #news = new EventEmitter();

  /** `env`: all of its environment besides PATH. `script`: what is run by a shell at that terminal; `$0` and `$1` are the command. */
  constructor(env: Readonly<Record<string, string>>, script = 'exec "$0" "$1"') {
    const { python3 } = requireTools('python3');
    this.#child = spawn(python3, [TERMINAL, 'bash', '-c', script, process.execPath, COMMAND], {
      env: { PATH: process.env.PATH ?? '', PORT: '0', CHECKS_PATH: 'none', ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    createInterface(this.#child.stdout).on('line', (line) => {
      this.#lines.push(line.trimEnd());
      this.#news.emit('news');
    });
  }

  /** Presses keys, or closes the terminal. */
  order(order: Order): void {
    this.#child.stdin.write(`${order}\n`);
  }

  /** Presses other keys. */
  type(keys: string): void {
    this.#child.stdin.write(`type ${JSON.stringify(keys)}\n`);
  }

  /** The first line that `text` matches, there by now or yet to come: what it matched, and its groups. */
  async line(text: RegExp): Promise<RegExpExecArray> {
    const signal = beforeLong();
    for (;;) {
      for (const line of this.#lines) {
        const match = text.exec(line);
        if (match !== null) return match;
      }
      await once(this.#news, 'news', { signal }).catch(() => {
        throw new Error(`waited for ${text} in vain; printed was ${this.#lines.slice(-20).join('\n')}`);
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'close');
  }
}
