import { readFile, rename } from 'node:fs/promises';
import { codeText, systemErrorCode } from '../errors.ts';
import { LastingWrite } from '../lasting-write.ts';
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

/**
 * Why something is not kept, by the system's name for the reason: it is tried again, or never, since the file could not be
 * read at the start.
 */
export interface Unkept {
  readonly kind: 'so far' | 'for good';
  readonly code: string;
}

/** A file that keeps a state. No fault of it is fatal: `onMessage` gets it, as a line of English. */
export class StateFile<T> {
  readonly #path: string;
  readonly #format: StateFormat<T>;
  readonly #onMessage: (text: string) => void;
  /** The file is read and written in turn: what is set aside is the file that was read, and nothing newer. */
  readonly #write: LastingWrite;
  /** Why it is neither read nor written any more. */
  #unusable: string | undefined;
  #savedAt = Number.NEGATIVE_INFINITY;
  #state: () => T;

  constructor(filePath: string, format: StateFormat<T>, onMessage: (text: string) => void) {
    this.#path = filePath;
    this.#format = format;
    this.#onMessage = onMessage;
    this.#state = () => format.nothing;
    this.#write = new LastingWrite(
      () => this.#replace(),
      (code) => onMessage(`the ${format.what} could not be kept in ${filePath} (${codeText(code)})`),
    );
  }

  /**
   * Reads what was stored. A damaged file is set aside, and what can be read of it is used, and written at once: the next
   * start finds it, whether anything happens until then or not.
   */
  async read(nowMs: number): Promise<T> {
    const { state, isAside } = await this.#write.inTurn(() => this.#read(nowMs));
    if (isAside && !this.#write.isDue) {
      this.schedule(() => state);
      await this.flush();
    }
    return state;
  }

  /** Schedules a write of what `state` returns, soon, and at most once a second; later where that fails. */
  schedule(state: () => T): void {
    this.#state = state;
    if (this.#unusable !== undefined) return;
    this.#write.schedule(Math.max(0, this.#savedAt + SAVE_EVERY_MS - performance.now()));
  }

  /** Writes what is pending now. Never throws; answers why it can't be kept, if so. */
  async flush(): Promise<Unkept | undefined> {
    const failure = await this.#write.flush();
    if (this.#unusable !== undefined) return { kind: 'for good', code: this.#unusable };
    return failure === undefined ? undefined : { kind: 'so far', code: failure };
  }

  async #read(nowMs: number): Promise<{ readonly state: T; readonly isAside?: boolean }> {
    const { nothing, parse } = this.#format;
    if (this.#unusable !== undefined) return { state: nothing };
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      const code = systemErrorCode(error) ?? String(error);
      if (code !== 'ENOENT') this.#giveUp(code, code);
      return { state: nothing };
    }
    const { state, damage } = parse(text);
    return { state, isAside: damage !== undefined && (await this.#setAside(damage, nowMs)) };
  }

  async #replace(): Promise<void> {
    if (this.#unusable !== undefined) return;
    this.#savedAt = performance.now();
    try {
      await replaceFile(this.#path, this.#format.textOf(this.#state()));
    } finally {
      this.#savedAt = performance.now();
    }
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
      const code = systemErrorCode(error) ?? String(error);
      if (code === 'ENOENT') return true; // another process did, and tells
      this.#giveUp(code, `${damage}) nor set aside (${code}`);
      return false;
    }
  }

  /** A file that is not known to be ours is not touched. */
  #giveUp(code: string, why: string): void {
    this.#unusable = code;
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
