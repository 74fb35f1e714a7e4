import type { Credentials } from './credentials.ts';
import type { HostAllowList } from './hosts.ts';
import type { Networks } from './networks.ts';

/** Who may ask. */
export interface Admission {
  /** The names that this server answers to. */
  readonly hosts: HostAllowList;
  /** Proxies that are believed about a client's address. */
  readonly proxies: Networks;
  /** Networks whose clients may ask; everyone's without it. */
  readonly allow: Networks | undefined;
  /** Users who may ask; everyone without it. */
  readonly credentials: Credentials | undefined;
}

/**
 * Paths for programs without a password and on no list: a supervisor, an editor on the same machine. They reveal
 * nothing about images, and nothing at all to other machines.
 */
const OPEN_TO_ALL = /^\/(healthz|identity)(\?|$)/;

/** Whether `target` is answered even to clients that are neither allowed nor known. */
export function isOpenToAll(target: string): boolean {
  return OPEN_TO_ALL.test(target);
}
