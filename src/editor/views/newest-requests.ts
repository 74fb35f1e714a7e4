import type { LoggedRequest } from '../../boards/logged-request.ts';

/** Finished requests that are remembered: a screen shows some fifty, a day in the lab has some hundreds. */
const MOST_ENDED = 200;

/** Of `requests`, newest first: all running ones, and the newest finished ones. */
export function newestOf(requests: readonly LoggedRequest[]): readonly LoggedRequest[] {
  if (requests.length <= MOST_ENDED) return requests;
  let ended = 0;
  return requests.filter(({ state }) => state.kind === 'running' || ++ended <= MOST_ENDED);
}
