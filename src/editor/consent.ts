import { readFileSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** An address beyond loopback that the user allowed for this workspace. */
export interface NetworkConsent {
  /** The address to bind to: one of this machine's, or `0.0.0.0` for all. */
  readonly host: string;
  /** The address to tell boards. */
  readonly address: string;
}

/**
 * Remembers that this workspace's images may be served beyond loopback. It is kept in a file of the extension's, on the
 * machine that serves: a workspace can't bring it along, and another browser on the same workspace finds it.
 */
export class ConsentStore {
  readonly #file: string | undefined;
  #consent: NetworkConsent | undefined;

  /** `folder`: the extension's folder for this workspace; without one, consent lasts as long as the window. */
  constructor(folder: string | undefined) {
    this.#file = folder === undefined ? undefined : path.join(folder, 'network-consent.json');
    this.#consent = this.#file === undefined ? undefined : readConsent(this.#file);
  }

  get(): NetworkConsent | undefined {
    return this.#consent;
  }

  async remember(consent: NetworkConsent): Promise<void> {
    this.#consent = consent;
    if (this.#file === undefined) return;
    await mkdir(path.dirname(this.#file), { recursive: true });
    const beside = `${this.#file}.${process.pid}`;
    const file = await open(beside, 'w');
    try {
      await file.writeFile(JSON.stringify(consent));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, this.#file);
  }

  async withdraw(): Promise<void> {
    this.#consent = undefined;
    if (this.#file !== undefined) await rm(this.#file, { force: true });
  }
}

/** A file that is not there or was spoilt is no consent. */
function readConsent(file: string): NetworkConsent | undefined {
  try {
    const stored: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isConsent(stored) ? stored : undefined;
  } catch {
    return undefined;
  }
}

function isConsent(value: unknown): value is NetworkConsent {
  if (typeof value !== 'object' || value === null || !('host' in value) || !('address' in value)) return false;
  return typeof value.host === 'string' && typeof value.address === 'string';
}
