import type { IncomingMessage } from 'node:http';
import type { ImageChecks } from '../checks/image-checks.ts';
import type { ImageSource } from '../images/catalog.ts';
import type { Credentials } from './admission/credentials.ts';
import type { Identity } from './admission/identity.ts';
import type { Networks } from './admission/networks.ts';
import type { DecideOptions, Restriction } from './decision/decide.ts';
import type { PageApp } from './pages.ts';
import type { DeliveryOptions } from './sending/deliveries.ts';
import type { Complaints } from './socket/http-server.ts';
import type { ListenOptions } from './socket/listen.ts';
import type { TlsPair } from './socket/tls-pair.ts';

/** How much is sent at once; no limit where none is given. */
export interface FlowLimits {
  /** Bytes per second of all archives together, in equal shares. */
  readonly rateLimit?: number | undefined;
  /** Archives sent at a time; further boards wait, with their connections open. */
  readonly maxTransfers?: number | undefined;
}

/** Who may ask, besides users with a password. */
export interface Allowed {
  /** Names that the server answers to, besides those that can't be foreign; see `HostAllowList`. */
  readonly allowedHosts?: readonly string[];
  /** Networks whose clients may ask; all without it. `/healthz` and `/identity` are exempt. */
  readonly allow?: Networks | undefined;
}

/** How an update server is set up, and where it listens. */
export type UpdateServerOptions = ServerSetup & ListenOptions;

/** How an update server is set up. */
export interface ServerSetup extends DecideOptions, DeliveryOptions, FlowLimits, Allowed, Complaints {
  readonly catalog: ImageSource;
  /** Decides whether an image may be served. Its owner closes it. */
  readonly checks: ImageChecks;
  /** Users who may ask, by HTTP Basic authentication; everyone without it. The same two paths are exempt. */
  readonly credentials?: Credentials | undefined;
  /** The certificate and key for HTTPS; without it, the server speaks HTTP. */
  readonly tls?: TlsPair | undefined;
  /** What is served; everything, until `stop`, without it. */
  readonly mode?: ServeMode;
  /** Proxies that are believed about a client's address (`X-Forwarded-For`); none without it. */
  readonly trustedProxies?: Networks;
  /** Adds pages for people to the boards' endpoints. They are served until the server stops. */
  readonly pages?: (app: PageApp, clientOf: (request: IncomingMessage) => string) => void;
  /** Connections at a time; `mostConnections` without it. */
  readonly maxConnections?: number;
  /** What programs on the same machine get at `/identity`; see `Identity`. */
  readonly identity?: Identity;
}

/**
 * What is served: all images, or only one image or one client's (`only`), or one update, of one image or to one client if
 * given (`once`), after which the server stops, or serves all images (`goesBack`).
 */
export type ServeMode =
  | { readonly kind: 'all' }
  | ({ readonly kind: 'only' } & Restriction)
  | ({ readonly kind: 'once'; readonly goesBack?: true } & Restriction);
