/**
 * An error meant for people: its message says what was wrong, where, and what to do about it.
 * Anything else that is thrown is a bug and keeps its stack for the log.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/**
 * The `code` of a system error (`ENOENT`, `EADDRINUSE`, …; errno(3)), or undefined for any other value. What Node calls
 * `ERR_…` is no error of the system: most of them are bugs.
 */
export function systemErrorCode(error: unknown): string | undefined {
  const code = errorCode(error);
  return code?.startsWith('ERR_') ? undefined : code;
}

/** What the system's names for an error mean, of those that people can do something about: errno(3). */
const MEANINGS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'the quota is used up',
  EIO: 'the disk failed',
  EMFILE: 'too many open files',
  ENOSPC: 'the disk is full',
  EPERM: 'not permitted',
  EROFS: 'the disk is read-only',
  ESTALE: 'the network drive is stale',
};

/** The system's name for an error, and what it means, for a line of English. */
export function codeText(code: string): string {
  const meaning = Object.hasOwn(MEANINGS, code) ? MEANINGS[code] : undefined;
  return meaning === undefined ? code : `${code}, ${meaning}`;
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
