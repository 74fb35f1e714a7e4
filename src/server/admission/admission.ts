import type { Credentials } from './credentials.ts';
import type { HostAllowList } from './hosts.ts';
import type { Networks } from './networks.ts';

/** Who is let in. */
export interface Admission {
  /** By which names this server may be called. */
  readonly hosts: HostAllowList;
  /** Proxies whose word on a client's address is believed. */
  readonly proxies: Networks;
  /** Networks whose clients may ask; everyone's without it. */
  readonly allow: Networks | undefined;
  /** Users who may ask; everyone without it. */
  readonly credentials: Credentials | undefined;
}

/**
 * What is asked by programs that have no password and are in no list: a supervisor, an editor on the same machine. Both
 * tell nothing of images, and nothing at all to other machines.
 */
const OPEN_TO_ALL = /^\/(healthz|identity)(\?|$)/;

/** Whether `target` is answered to clients that are neither allowed nor known. */
export function isOpenToAll(target: string): boolean {
  return OPEN_TO_ALL.test(target);
}
