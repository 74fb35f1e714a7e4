import type { Told } from '../words.ts';
import type { PortHolder } from './serving/port-holder.ts';

/** Where the server listens, and how boards reach it. */
export interface Endpoint {
  /** The address it is bound to; `0.0.0.0` or `::` for all. */
  readonly host: string;
  readonly port: number;
  /**
   * The URL to give to boards: of the address bound to or, where that is all, of one that this machine has at the
   * moment. It is looked up each time it is read.
   */
  readonly url: string;
  /** Whether other machines can reach it. */
  readonly onNetwork: boolean;
}

/** Why nothing is served though it was wanted. */
export type ServingFailure =
  | { readonly kind: 'port in use'; readonly host: string; readonly port: number; readonly holder: PortHolder }
  /** This machine does not have the address to listen on, or no longer does. */
  | { readonly kind: 'no such address'; readonly host: string }
  /** In the server's own words, and the setting that may be why. */
  | {
      readonly kind: 'other';
      /** The message in the words of whoever reads it, where there are any. */
      readonly told?: Told;
      readonly message: string;
      readonly setting?: 'mkbox.port' | 'mkbox.host' | 'mkbox.allow';
    };

/** What the embedded server is doing. */
export type ServingState =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'serving'; readonly endpoint: Endpoint }
  /**
   * Armed for one update; `only` is the ID of the one image served, `client` the address of the one board; `goesBack`: all
   * images are served afterwards.
   */
  | {
      readonly kind: 'one-shot';
      readonly endpoint: Endpoint;
      readonly only?: string;
      readonly client?: string;
      readonly goesBack?: true;
    }
  /** Finishing the running requests and taking no new ones; `next` is what comes then. */
  | { readonly kind: 'draining'; readonly endpoint: Endpoint; readonly next: 'stopped' | 'serving' }
  | { readonly kind: 'failed'; readonly failure: ServingFailure };

/** Where the server can be reached now; undefined when it can't. */
export function endpointOf(state: ServingState): Endpoint | undefined {
  return 'endpoint' in state ? state.endpoint : undefined;
}

/** Whether nothing is served, nor will be by itself: whoever wants to serve then cuts no board off. */
export function isAtRest({ kind }: ServingState): boolean {
  return kind === 'stopped' || kind === 'failed';
}
