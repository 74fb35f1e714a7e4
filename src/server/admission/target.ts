import { MAX_TARGET_LENGTH } from '../limits.ts';

/** RFC 9112, section 3.2.2: the absolute form, with the authority that it names. */
const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)/i;

/** What a request's target names. */
export interface Target {
  /** Its path and query: what is looked up, and what logs show. */
  readonly path: string;
  /** The host that it names, where it is in absolute form. It counts instead of the `Host` header. */
  readonly authority?: string;
}

/**
 * The path that `target` means. A board whose server's address ends in a slash asks for `//update?…`: leading slashes
 * count as one. What is in neither form of a path, or too long, stays as it is, for the guard to refuse.
 */
export function readTarget(target: string): Target {
  if (target.startsWith('/')) return { path: withOneSlash(target) };
  if (target.length > MAX_TARGET_LENGTH) return { path: target };
  const [scheme = '', authority] = ABSOLUTE_FORM.exec(target) ?? [];
  if (authority === undefined) return { path: target };
  const rest = target.slice(scheme.length);
  return { path: withOneSlash(rest.startsWith('/') ? rest : `/${rest}`), authority };
}

function withOneSlash(target: string): string {
  if (!target.startsWith('//') || target.length > MAX_TARGET_LENGTH) return target;
  return target.replace(/^\/+/, '/');
}
