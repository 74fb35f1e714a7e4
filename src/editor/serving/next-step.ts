import type { ServeMode } from '../../server/server-options.ts';
import type { Endpoint, ServingFailure, ServingState } from '../serving-state.ts';
import type { ListenAddress } from './serving-start.ts';

/** What is to be served, whether it can be or not. */
export interface Wanted {
  readonly mode: ServeMode;
  /** The number of the order to serve: a one-shot that is done ends its own order and no later one. */
  readonly order: number;
  /** The number of the server's run: a server with another number must be restarted. */
  readonly run: number;
}

/** A server, and its orders. */
interface Running<Server> extends Wanted {
  readonly server: Server;
  /** Where it was to listen. */
  readonly asked: ListenAddress;
  readonly endpoint: Endpoint;
}

/** What the server is doing. */
export type Now<Server> =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'starting' }
  | ({ readonly kind: 'serving' } & Running<Server>)
  | ({ readonly kind: 'draining'; readonly next: 'stopped' | 'serving' } & Running<Server>)
  | { readonly kind: 'failed'; readonly wanted: Wanted; readonly failure: ServingFailure };

/** The next step towards a server that does what is wanted. */
export type Step<Server> =
  | { readonly kind: 'none' }
  /** Become stopped: there is no server to stop. */
  | { readonly kind: 'rest' }
  | { readonly kind: 'start'; readonly wanted: Wanted }
  /** Serve something else from the next request on. */
  | { readonly kind: 'arm'; readonly serving: NowOf<Server, 'serving'>; readonly wanted: Wanted }
  | { readonly kind: 'drain'; readonly serving: NowOf<Server, 'serving'> }
  /** Wait until the server has stopped. */
  | { readonly kind: 'wait'; readonly draining: NowOf<Server, 'draining'> };

type NowOf<Server, Kind> = Extract<Now<Server>, { readonly kind: Kind }>;

/** The next step from `now` to what is wanted. `starting` is asked about only after the start was given up. */
export function nextStep<Server>(now: Now<Server>, wanted: Wanted | undefined): Step<Server> {
  switch (now.kind) {
    case 'stopped':
      return wanted === undefined ? { kind: 'none' } : { kind: 'start', wanted };
    case 'starting':
      return wanted === undefined ? { kind: 'rest' } : { kind: 'start', wanted };
    case 'failed':
      if (wanted === undefined) return { kind: 'rest' };
      return isSame(now.wanted, wanted) ? { kind: 'none' } : { kind: 'start', wanted };
    case 'serving':
      if (now.run !== wanted?.run) return { kind: 'drain', serving: now };
      return now.order === wanted.order ? { kind: 'none' } : { kind: 'arm', serving: now, wanted };
    case 'draining':
      return { kind: 'wait', draining: now };
  }
}

/** Whether no other order came since `before`. */
export function isSame(before: Wanted, now: Wanted | undefined): boolean {
  return before.order === now?.order && before.run === now.run;
}

/** The state as the rest of the extension sees it. */
export function stateOf(now: Now<unknown>): ServingState {
  switch (now.kind) {
    case 'stopped':
    case 'starting':
      return now;
    case 'failed':
      return { kind: 'failed', failure: now.failure };
    case 'draining':
      return { kind: 'draining', endpoint: now.endpoint, next: now.next };
    case 'serving': {
      const { kind, ...restriction } = now.mode;
      return { kind: kind === 'all' ? 'serving' : 'one-shot', endpoint: now.endpoint, ...restriction };
    }
  }
}
