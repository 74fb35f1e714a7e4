import type { Transfer } from '../../server/transfer.ts';

/** Requests remembered after their end: a screen shows some fifty, a day in the lab has some hundreds. */
const MOST_ENDED = 200;

/** `requests`, newest first, with `transfer` before them: all that still run, and the newest of those that ended. */
export function withNewest(requests: readonly Transfer[], transfer: Transfer): Transfer[] {
  const all = [transfer, ...requests];
  if (all.length <= MOST_ENDED) return all;
  let ended = 0;
  return all.filter(({ state }) => state.kind === 'running' || ++ended <= MOST_ENDED);
}
