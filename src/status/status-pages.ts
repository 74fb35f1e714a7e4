import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { KeptBuilds } from '../builds/kept-builds.ts';
import type { ImageChecks } from '../checks/image-checks.ts';
import type { ImageSource } from '../images/catalog.ts';
import { type DiskRoom, diskRoom } from '../images/disk-room.ts';
import { isLoopback } from '../server/admission/identity.ts';
import { type Networks, plainAddress } from '../server/admission/networks.ts';
import type { PageApp, PageBindings } from '../server/pages.ts';
import type { Transfer } from '../server/transfer.ts';
import type { UpdateServer } from '../server/update-server.ts';
import { SCRIPT, STYLE } from './assets.ts';
import { LivePages } from './live-pages.ts';
import { Metrics } from './metrics.ts';
import { mainHtml, pageHtml } from './page.ts';
import { RecentRequests } from './recent-requests.ts';
import { type KnownBoards, makeReport, type StatusReport } from './report.ts';

/** Makes proxies pass on each event at once: nginx would hold them back until it has more. */
const LIVE_HEADERS = { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' } as const;

/**
 * RFC 9111, section 4.2.2: caches may keep for a while what says nothing about it, and some do for minutes. A proxy that
 * compresses would hold back events, too.
 */
const CACHED = 'no-cache, no-transform';

/** The most pages open at a time. */
const MOST_LIVE = 50;

export interface StatusParts {
  readonly version: string;
  readonly catalog: ImageSource;
  readonly checks: ImageChecks;
  /** The builds that are kept; none without it. */
  readonly builds?: KeptBuilds | undefined;
  readonly boards: KnownBoards;
  /** Folders whose disks the metrics tell of, by what they hold; none without it. */
  readonly folders?: Readonly<Record<string, string>>;
  /** Who may see the pages besides this machine. */
  readonly allowed: Networks;
}

/**
 * Pages for people and for monitoring, beside the endpoints of boards: `/` for browsers, `/status` as JSON, `/healthz`,
 * and `/metrics` for Prometheus. Only loopback and the allowed networks get them; for others, they don't exist.
 */
export class StatusPages {
  readonly #parts: StatusParts;
  readonly #recent = new RecentRequests();
  readonly #metrics = new Metrics();
  readonly #startedAtMs = Date.now();
  #server: UpdateServer | undefined;
  #unwatch: () => void = () => {};
  readonly #live = new LivePages(async () => String(await mainHtml(await this.report())));

  constructor(parts: StatusParts) {
    this.#parts = parts;
  }

  /** Follows `server`, which was started with `add` as its pages. */
  watch(server: UpdateServer): void {
    this.#server = server;
    const unwatch = this.#recent.watch(server);
    const onFinished = (transfer: Transfer) => this.#metrics.finished(transfer);
    server.events.on('finished', onFinished);
    this.#unwatch = () => {
      unwatch();
      server.events.off('finished', onFinished);
    };
  }

  /** Stops watching. Open pages end with the server. */
  close(): void {
    this.#unwatch();
    this.#metrics.close();
  }

  /** Adds the pages to a server's endpoints. */
  readonly add = (app: PageApp, clientOf: (request: IncomingMessage) => string): void => {
    const mayRead = ({ env }: Context<{ Bindings: PageBindings }>) => {
      const client = clientOf(env.incoming);
      return isThisMachine(client, env.incoming) || this.#parts.allowed.includes(client);
    };
    for (const path of ['/', '/status', '/status/events', '/status.css', '/status.js', '/healthz', '/metrics']) {
      app.use(path, async (context, next) => (mayRead(context) ? next() : context.notFound()));
      app.use(path, secureHeaders({ contentSecurityPolicy: POLICY, strictTransportSecurity: false }));
      app.use(path, (context, next) => {
        context.header('Cache-Control', CACHED);
        return next();
      });
    }
    app.get('/', async (context) => {
      if (!(context.req.header('accept') ?? '').includes('text/html')) return context.notFound();
      return context.html(pageHtml(await this.report()));
    });
    app.get('/status', async (context) => context.json(await this.report()));
    app.get('/status.css', (context) => context.body(STYLE, 200, { 'Content-Type': 'text/css; charset=utf-8' }));
    app.get('/status.js', (context) => context.body(SCRIPT, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }));
    app.get('/healthz', (context) => context.text('ok\n'));
    app.get('/metrics', async (context) => {
      const text = await this.#metrics.render(await this.report(), this.#recent, await this.#disks());
      return context.body(text, 200, { 'Content-Type': this.#metrics.contentType });
    });
    app.get('/status/events', (context) => {
      // a stream whose body is dropped would never end
      if (context.req.method === 'HEAD') return context.body(null, 200, { 'Content-Type': 'text/event-stream' });
      if (this.#live.count >= MOST_LIVE) return context.text('too many pages are open\n', 503);
      const { outgoing } = context.env;
      return context.body(
        this.#live.open(() => outgoing.destroy()),
        200,
        LIVE_HEADERS,
      );
    });
  };

  async #disks(): Promise<ReadonlyMap<string, DiskRoom>> {
    const rooms = new Map<string, DiskRoom>();
    for (const [name, folder] of Object.entries(this.#parts.folders ?? {})) {
      const room = await diskRoom(folder);
      if (room !== undefined) rooms.set(name, room);
    }
    return rooms;
  }

  /** What is served now, to whom, and the outcome. */
  readonly report = async (): Promise<StatusReport> => {
    const { version, catalog, checks, boards, builds } = this.#parts;
    const snapshot = await catalog.refresh();
    const running = this.#server?.running ?? new Set<Transfer>();
    return makeReport({
      version,
      startedAtMs: this.#startedAtMs,
      snapshot,
      checks,
      boards,
      builds,
      running,
      recent: this.#recent,
      fault: this.#server?.faults.armed,
    });
  };
}

/** Whether `client` is this machine: loopback, or the address of this machine that it asked. */
function isThisMachine(client: string, { socket }: IncomingMessage): boolean {
  return isLoopback(client) || client === plainAddress(socket.localAddress ?? '');
}

/** Allows only what this server itself gives, and no page around it. */
const POLICY = {
  defaultSrc: ["'none'"],
  styleSrc: ["'self'"],
  scriptSrc: ["'self'"],
  connectSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
};
