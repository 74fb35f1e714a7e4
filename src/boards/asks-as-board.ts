import { isLoopback } from '../server/admission/identity.ts';
import type { Asked } from '../server/decision/asked.ts';

/** Whether a request asks as boards do: for an update, and saying what kind of board it is, or what it runs. */
export function asksAsBoard({ kind, board, buildId }: Asked): boolean {
  return kind === 'update' && (board !== undefined || buildId !== undefined);
}

/**
 * Whether someone on this machine tries the server: a board always sends its build ID. Its program tells nothing, since
 * boards ask with a plain curl, too.
 */
export function isByHand(client: string, { buildId }: Asked): boolean {
  return buildId === undefined && isLoopback(client);
}
