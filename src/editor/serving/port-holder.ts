import type { Identity } from '../../server/admission/identity.ts';
import { localUrl } from '../../server/socket/server-url.ts';

/** Who listens on a port that we wanted. */
export type PortHolder =
  | { readonly kind: 'mkbox window'; readonly workspace: string }
  | { readonly kind: 'update-server' }
  | { readonly kind: 'unknown' };

/** How long to wait for an answer: a server of ours answers at once unless its machine is busy. */
const ANSWER_WITHIN_MS = 5_000;

/** Asks who listens on `port` of `host`; an address that stands for all is asked by loopback. */
export async function identifyHolder(host: string, port: number): Promise<PortHolder> {
  try {
    const response = await fetch(`${localUrl({ host, port })}/identity`, {
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      redirect: 'error',
    });
    const identity: unknown = await response.json();
    if (!isIdentity(identity)) return { kind: 'unknown' };
    return identity.workspace === undefined
      ? { kind: 'update-server' }
      : { kind: 'mkbox window', workspace: identity.workspace };
  } catch {
    return { kind: 'unknown' };
  }
}

function isIdentity(value: unknown): value is Identity {
  if (typeof value !== 'object' || value === null || !('server' in value) || value.server !== 'mkbox') return false;
  return !('workspace' in value) || typeof value.workspace === 'string';
}
