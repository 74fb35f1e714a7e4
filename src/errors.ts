import { ENGLISH, type Told, type Words } from './words.ts';

/**
 * An error meant for people: its message says what was wrong, where, and what to do about it.
 * Anything else that is thrown is a bug and keeps its stack for the log.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly #told: Told;

  /** A message that is a text is in the reader's words already, or meant for a log. */
  constructor(message: string | Told, options?: ErrorOptions) {
    super(typeof message === 'string' ? message : message(ENGLISH), options);
    this.#told = typeof message === 'string' ? () => message : message;
  }

  /** The message in the words of whoever reads it. */
  told(words: Words): string {
    return this.#told(words);
  }
}

/** What an error says, in the words of whoever reads it. */
export function errorText(error: unknown, words: Words): string {
  if (error instanceof UserError) return error.told(words);
  return error instanceof Error ? error.message : String(error);
}

/**
 * The `code` of a system error (`ENOENT`, `EADDRINUSE`, …; errno(3)), or undefined for any other value. What Node calls
 * `ERR_…` is no error of the system: most of them are bugs.
 */
export function systemErrorCode(error: unknown): string | undefined {
  const code = errorCode(error);
  return code?.startsWith('ERR_') ? undefined : code;
}

/** For a `catch` where an error of the system means that there is nothing; what else is thrown is a bug, and goes on. */
export function unlessBug(error: unknown): undefined {
  if (systemErrorCode(error) === undefined) throw error;
}

/** The `code` of an error of the system or of Node; undefined for any other value. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** A bug in one line, for a log: its message and its stack. */
export function bugText(bug: unknown): string {
  const stack = bug instanceof Error ? (bug.stack ?? String(bug)) : String(bug);
  return `bug: ${stack.split(/\n\s*/).join(' | ')}`;
}
