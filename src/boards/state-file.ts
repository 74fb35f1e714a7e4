import { readFile, rename } from 'node:fs/promises';
import { codeText } from '../code-text.ts';
import { systemErrorCode } from '../errors.ts';
import { LastingWrite } from '../lasting-write.ts';
import { replaceFile } from '../replace-file.ts';
import { type OnMessage, type Told, tell, type Words } from '../words.ts';
import { SAVE_EVERY_MS } from './limits.ts';

/** What was read of a file's text, and what is wrong with the rest. */
export interface Parsed<T> {
  readonly state: T;
  readonly damage?: Told;
}

/** The form of a file that outlives the process. */
export interface StateFormat<T> {
  /** What the file keeps, as messages call it: `boards`. */
  readonly what: Told;
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

/** A file that keeps a state. No fault of it is fatal: `onMessage` is told. */
export class StateFile<T> {
  readonly #path: string;
  readonly #format: StateFormat<T>;
  readonly #onMessage: OnMessage;
  /** The file is read and written in turn: what is set aside is the file that was read, and nothing newer. */
  readonly #write: LastingWrite;
  /** Why it is neither read nor written any more. */
  #unusable: string | undefined;
  #savedAt = Number.NEGATIVE_INFINITY;
  #state: () => T;

  constructor(filePath: string, format: StateFormat<T>, onMessage: OnMessage) {
    this.#path = filePath;
    this.#format = format;
    this.#onMessage = onMessage;
    this.#state = () => format.nothing;
    this.#write = new LastingWrite(
      () => this.#replace(),
      (code) =>
        tell(onMessage, (words) =>
          words.t('the {0} could not be kept in {1} ({2})', format.what(words), filePath, codeText(code, words)),
        ),
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
      if (code !== 'ENOENT') this.#giveUp(code, (words) => this.#unreadable(words, code));
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
  async #setAside(damage: Told, nowMs: number): Promise<boolean> {
    const aside = `${this.#path}.damaged-${new Date(nowMs).toISOString().replaceAll(':', '-')}`;
    const { what } = this.#format;
    try {
      await rename(this.#path, aside);
      tell(this.#onMessage, (words) =>
        words.t(
          'the {0} kept in {1} are damaged ({2}); the file was set aside as {3}',
          what(words),
          this.#path,
          damage(words),
          aside,
        ),
      );
      return true;
    } catch (error) {
      const code = systemErrorCode(error) ?? String(error);
      if (code === 'ENOENT') return true; // another process did, and tells
      this.#giveUp(code, (words) =>
        words.t(
          "the {0} kept in {1} can't be read ({2}) nor set aside ({3}); none are kept from now on",
          what(words),
          this.#path,
          damage(words),
          code,
        ),
      );
      return false;
    }
  }

  /** A file that is not known to be ours is not touched. */
  #giveUp(code: string, told: Told): void {
    this.#unusable = code;
    tell(this.#onMessage, told);
  }

  #unreadable(words: Words, code: string): string {
    const what = this.#format.what(words);
    return words.t("the {0} kept in {1} can't be read ({2}); none are kept from now on", what, this.#path, code);
  }
}

/** The members of a file of one of the `readable` formats, the newest last; the damage where it is none. */
export function membersOf(
  text: string,
  readable: readonly number[],
): { readonly members: Record<string, unknown> } | { readonly damage: Told } {
  let members: Record<string, unknown>;
  try {
    members = JSON.parse(text) ?? {};
  } catch {
    return { damage: (words) => words.t('it is not JSON') };
  }
  const { format } = members;
  const isNumber = typeof format === 'number';
  if (isNumber && readable.includes(format)) return { members };
  const newest = readable.at(-1) ?? 0;
  return {
    damage: (words) =>
      isNumber ? words.t('format {0}, not {1}', format, newest) : words.t('format unknown, not {0}', newest),
  };
}

/** The valid ones of a list's entries, as `read` has them. */
export function entriesOf<T>(
  value: unknown,
  read: (entry: unknown) => T | undefined,
  what: Told,
): { readonly valid: readonly T[]; readonly damage?: Told } {
  if (!Array.isArray(value)) return { valid: [], damage: (words) => words.t('there are no {0}', what(words)) };
  const valid = value.map(read).filter((entry) => entry !== undefined);
  const lost = value.length - valid.length;
  if (lost === 0) return { valid };
  const of = value.length;
  return { valid, damage: (words) => words.t('{0} of {1} entries are not valid {2}', lost, of, what(words)) };
}
