import type { Transfer } from '../../server/transfer.ts';

/** Finished requests that are remembered: a screen shows some fifty, a day in the lab has some hundreds. */
const MOST_ENDED = 200;

/** `requests`, newest first, with `transfer` before them: all running ones, and the newest finished ones. */
export function withNewest(requests: readonly Transfer[], transfer: Transfer): Transfer[] {
  const all = [transfer, ...requests];
  if (all.length <= MOST_ENDED) return all;
  let ended = 0;
  return all.filter(({ state }) => state.kind === 'running' || ++ended <= MOST_ENDED);
}
