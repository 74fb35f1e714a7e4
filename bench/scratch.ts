import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Servers end within milliseconds of SIGTERM; one that does not is killed. */
const KILL_AFTER_MS = 3_000;

/** A temporary folder and the servers that run in it; `close` leaves nothing of either. */
export class Scratch {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'update-server-bench-'));
  #closed = false;
  readonly #running = new Map<ChildProcess, Promise<void>>();

  constructor() {
    chmodSync(this.folder, 0o755); // nginx's worker reads as another user when root started it
  }

  /** Makes a folder in the temporary one, and answers its path. */
  makeFolder(name: string): string {
    const made = path.join(this.folder, name);
    mkdirSync(made, { recursive: true });
    return made;
  }

  /** Starts a program that ends with this object at the latest. */
  start(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    if (this.#closed) throw new Error('the bench is being ended');
    const child = spawn(program, args, { cwd: this.folder, ...options });
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve()).once('error', () => resolve());
    });
    this.#running.set(child, ended);
    void ended.then(() => this.#running.delete(child));
    return child;
  }

  /** Ends what was started with SIGTERM: nginx's first process takes its worker along. */
  async stop(child: ChildProcess): Promise<void> {
    const ended = this.#running.get(child);
    const kill = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(kill);
  }

  /** Stops all programs and removes the folder. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#running.keys()].map((child) => this.stop(child)));
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 }); // files may be in the making after Ctrl+C
  }
}
