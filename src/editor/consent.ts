import type * as vscode from 'vscode';

/** An address beyond loopback that the user allowed for this workspace. */
export interface NetworkConsent {
  /** The address to bind to: one of this machine's, or `0.0.0.0` for all. */
  readonly host: string;
  /** The address to tell boards. */
  readonly address: string;
}

const KEY = 'networkConsent';

/** Remembers, for this workspace and on this machine only, that its images may be served beyond loopback. */
export class ConsentStore {
  readonly #memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  get(): NetworkConsent | undefined {
    const stored = this.#memory.get<unknown>(KEY);
    return isConsent(stored) ? stored : undefined;
  }

  async remember(consent: NetworkConsent): Promise<void> {
    await this.#memory.update(KEY, consent);
  }

  async withdraw(): Promise<void> {
    await this.#memory.update(KEY, undefined);
  }
}

function isConsent(value: unknown): value is NetworkConsent {
  if (typeof value !== 'object' || value === null || !('host' in value) || !('address' in value)) return false;
  return typeof value.host === 'string' && typeof value.address === 'string';
}
