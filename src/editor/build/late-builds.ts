import * as vscode from 'vscode';
import { Owner } from '../dispose.ts';
import type { Builds } from './builds.ts';

/** What builds images: its code is read when the first row, task or command needs it. */
export class LateBuilds extends Owner {
  readonly #load: () => Promise<Builds>;
  readonly #onFailure: (error: unknown) => void;
  readonly #changed = this.own(new vscode.EventEmitter<void>());
  #current: Builds | undefined;
  #opening: Promise<Builds> | undefined;

  /** There is something new to show. */
  readonly onDidChange = this.#changed.event;

  constructor(load: () => Promise<Builds>, onFailure: (error: unknown) => void) {
    super();
    this.#load = load;
    this.#onFailure = onFailure;
    this.own(
      vscode.tasks.registerTaskProvider('mkbox', {
        provideTasks: async () => (await this.open()).tasks.provide(),
        resolveTask: async (task) => (await this.open()).tasks.resolve(task),
      }),
    );
  }

  /** Undefined until someone opened it. */
  get current(): Builds | undefined {
    return this.#current;
  }

  /** Opens it for a view, which goes on without it. */
  show(): void {
    this.open().catch(this.#onFailure);
  }

  open(): Promise<Builds> {
    this.#opening ??= this.#load().then((builds) => {
      this.#current = this.own(builds);
      this.own(builds.onDidChange(() => this.#changed.fire()));
      this.#changed.fire();
      return builds;
    });
    return this.#opening;
  }
}
