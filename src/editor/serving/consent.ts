import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { isLoopbackHost } from './listen-host.ts';

/** An address beyond loopback that the user allowed for this workspace. */
export interface NetworkConsent {
  /** The address to bind to: one of this machine's, or `0.0.0.0` for all. */
  readonly host: string;
  /** The address given to boards; if the server listens on all, as long as this machine has it. */
  readonly address: string;
  /** What `mkbox.host` was then. */
  readonly setting: string;
}

/**
 * The part of `consent` that holds while `mkbox.host` is `setting`: an address that was allowed because it was set
 * counts only while it is set. One that was chosen does not depend on the setting.
 */
export function consentInForce(consent: NetworkConsent | undefined, setting: string): NetworkConsent | undefined {
  return consent?.host === consent?.setting && consent?.setting !== setting ? undefined : consent;
}

/** Whether to ask the user about `setting`, an address beyond loopback: they have not answered for it yet. */
export function isToBeAsked(consent: NetworkConsent | undefined, setting: string): boolean {
  return !isLoopbackHost(setting) && consent?.host !== setting && consent?.setting !== setting;
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

  /** Uses `consent` from now on, in this window even if it can't be saved: then this rejects. */
  async remember(consent: NetworkConsent): Promise<void> {
    this.#consent = consent;
    if (this.#file === undefined) return;
    const { replaceFile } = await import('../../replace-file.ts');
    await replaceFile(this.#file, [JSON.stringify(consent)]);
  }

  /** Allows nothing beyond loopback from now on, and in the next window, too, unless this rejects. */
  async withdraw(): Promise<void> {
    this.#consent = undefined;
    if (this.#file !== undefined) await rm(this.#file, { force: true });
  }
}

/** A missing or damaged file is no consent. */
function readConsent(file: string): NetworkConsent | undefined {
  try {
    const stored: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isConsent(stored) ? stored : undefined;
  } catch {
    return undefined;
  }
}

function isConsent(value: unknown): value is NetworkConsent {
  if (typeof value !== 'object' || value === null) return false;
  if (!('host' in value && 'address' in value && 'setting' in value)) return false;
  return [value.host, value.address, value.setting].every((part) => typeof part === 'string');
}
