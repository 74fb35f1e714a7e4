/**
 * An error meant for people: its message says what was wrong, where, and what to do about it.
 * Anything else that is thrown is a bug and keeps its stack for the log.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** The `code` of a system error (`ENOENT`, `EADDRINUSE`, …; errno(3)), or undefined for any other value. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
