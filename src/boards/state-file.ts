import { readFile, rename } from 'node:fs/promises';
import { systemErrorCode } from '../errors.ts';
import { replaceFile } from '../replace-file.ts';
import { SAVE_EVERY_MS } from './limits.ts';

/** What was read of a file's text, and what is wrong with the rest. */
export interface Parsed<T> {
  readonly state: T;
  readonly damage?: string;
}

/** The form of a file that outlives the process. */
export interface StateFormat<T> {
  /** What the file keeps, as messages call it: `boards`. */
  readonly what: string;
  /** Where there is no file. */
  readonly nothing: T;
  readonly parse: (text: string) => Parsed<T>;
  readonly textOf: (state: T) => Iterable<string>;
}

/** A file that keeps a state. No fault of it is fatal: `onMessage` gets it, as a line of English. */
export class StateFile<T> {
  readonly #path: string;
  readonly #format: StateFormat<T>;
  readonly #onMessage: (text: string) => void;
  #isUsable = true;
  #timer: NodeJS.Timeout | undefined;
  /** The file is read and written in turn: what is set aside is the file that was read, and nothing newer. */
  #turn: Promise<void> = Promise.resolve();
  #savedAt = Number.NEGATIVE_INFINITY;
  #failure: string | undefined;
  #state: () => T;

  constructor(filePath: string, format: StateFormat<T>, onMessage: (text: string) => void) {
    this.#path = filePath;
    this.#format = format;
    this.#onMessage = onMessage;
    this.#state = () => format.nothing;
  }

  /**
   * Reads what was stored. A damaged file is set aside, and what can be read of it is used, and written at once: the next
   * start finds it, whether anything happens until then or not.
   */
  read(nowMs: number): Promise<T> {
    const reading = this.#turn.then(() => this.#read(nowMs));
    this.#turn = reading.then(
      () => {},
      () => {}, // whoever reads is told
    );
    return reading;
  }

  /** Schedules a write of what `state` returns, soon, and at most once a second. */
  schedule(state: () => T): void {
    this.#state = state;
    if (!this.#isUsable) return;
    const waitMs = Math.max(0, this.#savedAt + SAVE_EVERY_MS - performance.now());
    this.#timer ??= setTimeout(() => void this.flush(), waitMs).unref();
  }

  /** Writes what is pending now. Never throws. */
  flush(): Promise<void> {
    if (this.#timer === undefined) return this.#turn;
    clearTimeout(this.#timer);
    this.#turn = this.#turn.then(() => {
      this.#timer = undefined;
      return this.#write(this.#state);
    });
    return this.#turn;
  }

  async #read(nowMs: number): Promise<T> {
    if (!this.#isUsable) return this.#format.nothing;
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      const code = systemErrorCode(error) ?? String(error);
      if (code !== 'ENOENT') this.#giveUp(code);
      return this.#format.nothing;
    }
    const { state, damage } = this.#format.parse(text);
    if (damage !== undefined && (await this.#setAside(damage, nowMs))) await this.#write(() => state);
    return state;
  }

  async #write(state: () => T): Promise<void> {
    if (!this.#isUsable) return;
    this.#savedAt = performance.now();
    try {
      await replaceFile(this.#path, this.#format.textOf(state()));
      this.#failure = undefined;
    } catch (error) {
      const failure = systemErrorCode(error) ?? String(error);
      const { what } = this.#format;
      if (failure !== this.#failure) this.#onMessage(`the ${what} could not be kept in ${this.#path} (${failure})`);
      this.#failure = failure;
    }
    this.#savedAt = performance.now();
  }

  /** Renames the damaged file; false where that fails, and it stays. */
  async #setAside(damage: string, nowMs: number): Promise<boolean> {
    const aside = `${this.#path}.damaged-${new Date(nowMs).toISOString().replaceAll(':', '-')}`;
    const kept = `the ${this.#format.what} kept in ${this.#path}`;
    try {
      await rename(this.#path, aside);
      this.#onMessage(`${kept} are damaged (${damage}); the file was set aside as ${aside}`);
      return true;
    } catch (error) {
      this.#giveUp(`${damage}) nor set aside (${systemErrorCode(error) ?? error}`);
      return false;
    }
  }

  /** A file that is not known to be ours is not touched. */
  #giveUp(why: string): void {
    this.#isUsable = false;
    this.#onMessage(`the ${this.#format.what} kept in ${this.#path} can't be read (${why}); none are kept from now on`);
  }
}

/** The members of a file of one of the `readable` formats, the newest last; the damage where it is none. */
export function membersOf(
  text: string,
  readable: readonly number[],
): { readonly members: Record<string, unknown> } | { readonly damage: string } {
  let members: Record<string, unknown>;
  try {
    members = JSON.parse(text) ?? {};
  } catch {
    return { damage: 'it is not JSON' };
  }
  const { format } = members;
  const isNumber = typeof format === 'number';
  if (isNumber && readable.includes(format)) return { members };
  return { damage: `format ${isNumber ? format : 'unknown'}, not ${readable.at(-1)}` };
}

/** The valid ones of a list's entries, as `read` has them. */
export function entriesOf<T>(
  value: unknown,
  read: (entry: unknown) => T | undefined,
  what: string,
): { readonly valid: readonly T[]; readonly damage?: string } {
  if (!Array.isArray(value)) return { valid: [], damage: `there are no ${what}` };
  const valid = value.map(read).filter((entry) => entry !== undefined);
  const lost = value.length - valid.length;
  return lost === 0 ? { valid } : { valid, damage: `${lost} of ${value.length} entries are not valid ${what}` };
}
