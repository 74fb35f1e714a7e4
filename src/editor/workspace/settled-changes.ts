import * as vscode from 'vscode';
import { Owner } from '../dispose.ts';

/**
 * How long nothing must have changed. VS Code reads a settings file also while it is being written, and has the defaults
 * for a moment then: the server would move to another port and cut boards off, or let everyone ask.
 */
const SETTLED_MS = 500;

/** Tells whether a setting is among those that changed, by its whole name. */
type IsAffected = (name: string) => boolean;

/** Changes of the settings, once there was none for a moment. */
export class SettledChanges extends Owner {
  readonly #settled = this.own(new vscode.EventEmitter<IsAffected>());
  #events: vscode.ConfigurationChangeEvent[] = [];
  #timer: NodeJS.Timeout | undefined;

  readonly onDidSettle = this.#settled.event;

  /** Whether there was no change for a moment. */
  get isSettled(): boolean {
    return this.#timer === undefined;
  }

  constructor() {
    super();
    this.own(vscode.workspace.onDidChangeConfiguration((event) => this.#wait(event)));
    this.own({ dispose: () => clearTimeout(this.#timer) });
  }

  #wait(event: vscode.ConfigurationChangeEvent): void {
    this.#events.push(event);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#settle(), SETTLED_MS);
  }

  #settle(): void {
    this.#timer = undefined;
    const events = this.#events;
    this.#events = [];
    this.#settled.fire((name) => events.some((event) => event.affectsConfiguration(name)));
  }
}
