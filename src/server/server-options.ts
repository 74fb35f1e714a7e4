import type { IncomingMessage } from 'node:http';
import type { ImageChecks } from '../checks/image-checks.ts';
import type { Catalog } from '../images/catalog.ts';
import type { Credentials } from './admission/credentials.ts';
import type { Identity } from './admission/identity.ts';
import type { Networks } from './admission/networks.ts';
import type { DecideOptions, Restriction } from './decision/decide.ts';
import type { PageApp } from './pages.ts';
import type { DeliveryOptions } from './sending/deliveries.ts';
import type { ListenOptions } from './socket/listen.ts';
import type { TlsPair } from './socket/tls-pair.ts';

/** How much goes out at once; any amount where a bound is not given. */
export interface FlowLimits {
  /** Bytes per second of all archives together, in equal shares. */
  readonly rateLimit?: number | undefined;
  /** Archives that are sent at a time; boards that ask for more wait, with their connections open. */
  readonly maxTransfers?: number | undefined;
}

/** Who is let in besides those with a password. */
export interface Allowed {
  /** Names the server may be called by besides those that can't be foreign; see `HostAllowList`. */
  readonly allowedHosts?: readonly string[];
  /** Networks whose clients may ask; everyone's without it. `/healthz` and `/identity` are not asked for that. */
  readonly allow?: Networks | undefined;
}

/** How an update server is set up, and where it listens. */
export type UpdateServerOptions = ServerSetup & ListenOptions;

/** How an update server is set up. */
export interface ServerSetup extends DecideOptions, DeliveryOptions, FlowLimits, Allowed {
  readonly catalog: Catalog;
  /** Who tells whether an image may be handed out. It stays its owner's to close. */
  readonly checks: ImageChecks;
  /** Users who may ask, by HTTP Basic authentication; everyone without it, and with the same two exceptions. */
  readonly credentials?: Credentials | undefined;
  /** What HTTPS is spoken with; HTTP is without it. */
  readonly tls?: TlsPair | undefined;
  /** Told why a client got no TLS connection, a line of English. There is no request to tell of. */
  readonly onHandshakeFailed?: ((text: string) => void) | undefined;
  /** What is handed out; everything, until `stop`, without it. */
  readonly mode?: ServeMode;
  /** Proxies whose word on a client's address (`X-Forwarded-For`) is believed; none without it. */
  readonly trustedProxies?: Networks;
  /** More to answer than the endpoints of boards: pages for people. They are answered until the server stops. */
  readonly pages?: (app: PageApp, clientOf: (request: IncomingMessage) => string) => void;
  /** Connections at a time; `MAX_CONNECTIONS` without it. */
  readonly maxConnections?: number;
  /** What the server tells programs on the same machine about itself, at `/identity`; see `Identity`. */
  readonly identity?: Identity;
}

/** What is handed out: all images, or one update (of one image, to one client, where it says so), after which it stops. */
export type ServeMode = { readonly kind: 'all' } | ({ readonly kind: 'once' } & Restriction);
