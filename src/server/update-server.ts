import type { EventEmitter } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import type { Admission } from './admission.ts';
import { askedByTarget } from './asked.ts';
import { clientAddress } from './client-address.ts';
import { Connections } from './connections.ts';
import type { Credentials } from './credentials.ts';
import { Decider, refuse, SAME_BUILD } from './decide.ts';
import { Deliveries } from './deliveries.ts';
import { Exchanges } from './exchanges.ts';
import { checkRequest } from './guard.ts';
import { HostAllowList } from './hosts.ts';
import { createHttpServer } from './http-server.ts';
import * as limits from './limits.ts';
import { listen } from './listen.ts';
import { Networks } from './networks.ts';
import { Pace } from './pace.ts';
import { type Refusal, refusalHeaders } from './refusal.ts';
import { addRoutes } from './routes.ts';
import { Sender } from './send.ts';
import type { ServerEvents } from './server-events.ts';
import type { Allowed, FlowLimits, ServeMode, ServerSetup, UpdateServerOptions } from './server-options.ts';
import { readTarget } from './target.ts';
import type { TlsPair } from './tls-pair.ts';
import type { Transfer } from './transfer.ts';
import { Turns } from './turns.ts';

/** Where the server's life stands: whether new requests are taken, and who would take them otherwise. */
type Phase =
  | 'serving'
  /** No new request is taken. */
  | 'stopping'
  /** Another process accepts on the same socket: what was accepted here is served here, for nobody else can. */
  | 'handing over';

/** Serves the images of a catalog to boards over HTTP, from `start` to `stop`. */
export class UpdateServer {
  /** Settles when the server has stopped, with the transfer that ended a one-shot, if there was one. */
  readonly stopped: Promise<Transfer | undefined>;
  #admission: Admission;
  readonly #decider: Decider;
  readonly #route: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly #server: Server | HttpsServer;
  readonly #pace = new Pace();
  readonly #turns = new Turns();
  readonly #deliveries: Deliveries;
  readonly #sender: Sender;
  readonly #exchanges: Exchanges;
  readonly #connections: Connections;
  #settleStopped: (shot: Transfer | undefined) => void = () => {};
  #mode: ServeMode = { kind: 'all' };
  #lastIdBeforeMode = 0;
  /** What ended a one-shot. */
  #shot: Transfer | undefined;
  #phase: Phase = 'serving';

  private constructor(options: ServerSetup) {
    const { allowedHosts = [], trustedProxies: proxies = new Networks([]), allow, credentials, tls } = options;
    this.#admission = { hosts: new HostAllowList(allowedHosts), proxies, allow, credentials };
    this.#decider = new Decider(options.catalog, options.checks, options);
    this.#deliveries = new Deliveries(options);
    this.#sender = new Sender(this.#pace, this.#deliveries);
    this.#exchanges = new Exchanges(this.#sender, this.#turns, proxies);
    this.limit(options);
    this.serve(options.mode ?? { kind: 'all' });
    this.stopped = new Promise((resolve) => {
      this.#settleStopped = resolve;
    });
    this.#server = createHttpServer(
      tls,
      (socket) => this.#exchanges.busySockets.has(socket),
      options.onHandshakeFailed,
    );
    const app = new Hono<{ Bindings: HttpBindings }>();
    addRoutes(app, this.#decider, options.identity, (http, decide) => this.#exchanges.answer(http, decide));
    app.onError((error, context) => {
      this.#exchanges.report(error);
      return context.text('internal error: the log of the update server says more\n', 500);
    });
    options.pages?.(app, (request) => clientAddress(request, proxies));
    this.#route = getRequestListener((request, http) => app.fetch(request, http as HttpBindings), {
      overrideGlobalObjects: false,
    });
    this.#server.on('request', (request, response) => this.#receive(request, response));
    this.#server.on('checkExpectation', (request, response) => this.#refuseExpectation(request, response));
    this.#connections = new Connections(this.#server, {
      most: options.maxConnections ?? limits.MAX_CONNECTIONS,
      busy: () => this.#exchanges.busySockets,
      isSpared: (address) => proxies.includes(address),
      giveWay: (socket) => this.#exchanges.giveWay(socket),
    });
    // to Node, a connection is idle whose client has not got its last bytes yet
    this.#server.closeIdleConnections = () => {
      this.#connections.destroyIdle(this.#phase === 'handing over' ? 'unasked' : 'none');
    };
    this.events.on('finished', (transfer) => this.#countShot(transfer));
  }

  /**
   * Starts a server and waits until it listens.
   * @throws UserError when it can't: the port is taken, the address is not this machine's, …
   */
  static async start(options: UpdateServerOptions): Promise<UpdateServer> {
    const server = new UpdateServer(options);
    await listen(server.#server, options);
    return server;
  }

  /** What happens to requests. */
  get events(): EventEmitter<ServerEvents> {
    return this.#exchanges.events;
  }

  /** The requests being answered now. */
  get running(): ReadonlySet<Transfer> {
    return this.#exchanges.running;
  }

  /** The address and port it listens on. */
  get address(): AddressInfo {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server does not listen');
    return address;
  }

  /** What it speaks, as URLs begin. */
  get scheme(): 'http' | 'https' {
    return this.#server instanceof HttpsServer ? 'https' : 'http';
  }

  /** Whether it accepts connections. */
  get isListening(): boolean {
    return this.#server.listening;
  }

  /** Whether it is stopping, or has stopped. */
  get isStopping(): boolean {
    return this.#phase !== 'serving';
  }

  /** Changes what is handed out from now on. Running transfers are not touched. */
  serve(mode: ServeMode): void {
    this.#mode = mode;
    this.#lastIdBeforeMode = this.#exchanges.lastId;
    this.#decider.restrict(mode.kind === 'once' ? mode : {});
  }

  /** Lets in other users from the next request on; running transfers are not touched. */
  renewCredentials(credentials: Credentials): void {
    this.#admission = { ...this.#admission, credentials };
  }

  /** Lets in other networks, and goes by other names, from the next request on; running transfers are not touched. */
  renewAllowed({ allow, allowedHosts = [] }: Allowed): void {
    this.#admission = { ...this.#admission, allow, hosts: new HostAllowList(allowedHosts) };
  }

  /** Shows another certificate on new connections; those that are open keep theirs. Of a server that speaks HTTPS. */
  renewTls(tls: TlsPair): void {
    if (this.#server instanceof HttpsServer) this.#server.setSecureContext(tls.secureOptions);
  }

  /** Bounds how much goes out at once, from now on. What is being sent goes on, at the new rate. */
  limit({ rateLimit, maxTransfers }: FlowLimits): void {
    this.#pace.limit(rateLimit);
    this.#turns.limit(maxTransfers);
  }

  /**
   * Stops: takes no new transfer, lets the running ones finish for at most `deadlineMs`, closes. Those that wait for
   * their turn are refused at once. A second call with a nearer deadline cuts the first one's short.
   */
  stop(deadlineMs: number = limits.DRAIN_DEADLINE_MS): Promise<Transfer | undefined> {
    return this.#drain(deadlineMs, 'stopping');
  }

  /**
   * Stops where another process accepts on the same socket from now on: every connection that was accepted here gets its
   * answer, those that have not asked yet, too, if they do so soon. Else as `stop`.
   */
  handOver(deadlineMs: number = limits.DRAIN_DEADLINE_MS): Promise<Transfer | undefined> {
    return this.#drain(deadlineMs, 'handing over');
  }

  #drain(deadlineMs: number, phase: Exclude<Phase, 'serving'>): Promise<Transfer | undefined> {
    const deadline = setTimeout(() => {
      this.#deliveries.giveUp();
      this.#exchanges.cutOff();
      this.#server.closeAllConnections();
    }, deadlineMs);
    void this.stopped.then(() => clearTimeout(deadline));
    if (this.isStopping) return this.stopped;
    this.#phase = phase;
    const close = () => {
      this.#server.close(() => void this.#exchanges.settled().then(() => this.#settleStopped(this.#shot)));
      // Connections that are kept alive become idle after `close()` looked for idle ones.
      const closeIdle = () => setImmediate(() => this.#server.closeIdleConnections());
      this.events.on('finished', closeIdle).on('broken', closeIdle).on('refused', closeIdle);
    };
    switch (phase) {
      case 'stopping':
        this.#turns.stop();
        this.#connections.destroyIdle();
        close();
        break;
      case 'handing over':
        // A whole turn of the loop, so that requests that lie in the kernel already are read before we look who is idle.
        setImmediate(() => setImmediate(() => this.#closeAfterGrace(close)));
        break;
    }
    return this.stopped;
  }

  #closeAfterGrace(close: () => void): void {
    close();
    this.#connections.destroyIdle('unasked');
    const grace = setTimeout(() => this.#connections.destroyIdle(), limits.HANDOVER_GRACE_MS);
    void this.stopped.then(() => clearTimeout(grace));
  }

  /** A shot counts requests that came after it was armed; those, too, that finish while the server stops. */
  #countShot(transfer: Transfer): void {
    if (this.#mode.kind !== 'once' || !transfer.completesUpdate || transfer.id <= this.#lastIdBeforeMode) return;
    this.#shot ??= transfer;
    if (!this.isStopping) void this.#drain(limits.DRAIN_DEADLINE_MS, 'stopping');
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    if (response.socket === null) {
      request.socket.destroy(); // pipelined: the request before is unanswered, and each could hold a file open
      return;
    }
    this.#connections.asked(request.socket);
    this.#sender.heard(request);
    response.strictContentLength = true;
    if (this.#phase === 'handing over') response.shouldKeepAlive = false;
    const target = readTarget(request.url ?? '');
    request.url = target.path;
    const known = this.#decider.recall(target.path);
    const refusal =
      this.#phase === 'stopping' ? STOPPING : checkRequest(request, target, this.#admission, known !== undefined);
    if (refusal !== undefined) {
      this.#turnAway(request, response, refusal);
      return;
    }
    if (known === undefined) {
      request.headers.host = 'localhost'; // it was judged, and Hono would refuse an IPv6 address that is not in its shortest form
      this.#route(request, response).catch((bug: unknown) => this.#exchanges.report(bug));
      return;
    }
    this.#exchanges.answerAtOnce(request, response, SAME_BUILD, known);
  }

  /** RFC 9110, section 10.1.1: an expectation that is none of HTTP's, which Node would refuse without a word. */
  #refuseExpectation(request: IncomingMessage, response: ServerResponse): void {
    if (response.socket === null) {
      request.socket.destroy();
      return;
    }
    this.#connections.asked(request.socket);
    this.#sender.heard(request);
    request.url = readTarget(request.url ?? '').path;
    this.#turnAway(request, response, this.#phase === 'stopping' ? STOPPING : UNKNOWN_EXPECTATION);
  }

  /** What came with a request that was turned away may not be what it seems: nothing more is read after it. */
  #turnAway(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
    const decision = refuse(refusal, [...refusalHeaders(refusal), 'Connection', 'close']);
    const isBoards = refusal.kind === 'not allowed' || refusal.kind === 'not proven';
    const asked = isBoards ? askedByTarget(request.url ?? '') : undefined;
    this.#exchanges.answerAtOnce(request, response, decision, asked && { asked });
  }
}

const STOPPING: Refusal = { kind: 'stopping' };

const UNKNOWN_EXPECTATION: Refusal = {
  kind: 'request',
  status: 417,
  text: 'the request expects (Expect) something other than 100-continue',
};
