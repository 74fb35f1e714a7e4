import type { EventEmitter } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { openFilesLeft } from '../open-files.ts';
import { isTrial } from '../trial/trial-agent.ts';
import type { Admission } from './admission/admission.ts';
import { clientAddress, isPassedOn } from './admission/client-address.ts';
import type { Credentials } from './admission/credentials.ts';
import { checkRequest } from './admission/guard.ts';
import { HostAllowList } from './admission/hosts.ts';
import { Networks } from './admission/networks.ts';
import { readTarget } from './admission/target.ts';
import { AskedAhead } from './asked-ahead.ts';
import { type Asked, parseTarget } from './decision/asked.ts';
import { Decider, noPath } from './decision/decide.ts';
import { type Found, refuse, upToDate } from './decision/decision.ts';
import { conditionsOf } from './decision/range.ts';
import { UpToDateMemory } from './decision/up-to-date-memory.ts';
import { Draining } from './draining.ts';
import { Exchanges } from './exchanges.ts';
import type { Faults } from './faults.ts';
import * as limits from './limits.ts';
import { mostConnections } from './most-connections.ts';
import { type Respond, servePages } from './pages.ts';
import { type Refusal, refusalHeaders } from './refusal.ts';
import { Deliveries } from './sending/deliveries.ts';
import { Pace } from './sending/pace.ts';
import { Sender } from './sending/sender.ts';
import { Turns } from './sending/turns.ts';
import type { ServerEvents } from './server-events.ts';
import type { Allowed, FlowLimits, ServeMode, ServerSetup, UpdateServerOptions } from './server-options.ts';
import { Connections } from './socket/connections.ts';
import { createHttpServer } from './socket/http-server.ts';
import { listen } from './socket/listen.ts';
import type { TlsPair } from './socket/tls-pair.ts';
import type { Transfer } from './transfer.ts';

/** Serves the images of a catalog to boards over HTTP, from `start` to `stop`. */
export class UpdateServer {
  /** Settles when the server has stopped, with the transfer that ended a one-shot, if there was one. */
  readonly stopped: Promise<Transfer | undefined>;
  #admission: Admission;
  readonly #decider: Decider;
  readonly #upToDate = new UpToDateMemory();
  readonly #pages: Respond;
  readonly #server: Server | HttpsServer;
  readonly #pace = new Pace();
  readonly #turns = new Turns();
  readonly #deliveries: Deliveries;
  readonly #sender: Sender;
  readonly #exchanges: Exchanges;
  readonly #askedAhead: AskedAhead;
  readonly #connections: Connections;
  readonly #draining: Draining;
  #mode: ServeMode = { kind: 'all' };
  #lastIdBeforeMode = 0;
  /** What ended a one-shot. */
  #shot: Transfer | undefined;

  private constructor(options: ServerSetup, maxConnections: number) {
    const { allowedHosts = [], trustedProxies: proxies = new Networks([]), allow, credentials, tls } = options;
    this.#admission = { hosts: new HostAllowList(allowedHosts), proxies, allow, credentials };
    this.#decider = new Decider(options.catalog, options.checks, options);
    this.#deliveries = new Deliveries(options);
    this.#sender = new Sender(this.#pace, this.#deliveries);
    this.#exchanges = new Exchanges(this.#sender, this.#turns, proxies);
    this.#askedAhead = new AskedAhead(this.#exchanges);
    this.limit(options);
    this.serve(options.mode ?? { kind: 'all' });
    this.#server = createHttpServer(tls, (socket) => this.#askedAhead.dropMalformed(socket), options);
    const { pages } = options;
    this.#pages = servePages(
      pages && ((app) => pages(app, (request) => clientAddress(request, proxies))),
      (request, response) => this.#exchanges.answer(request, response, async () => noPath()),
      (bug) => this.#exchanges.report(bug),
    );
    this.#server.on('request', (request, response) => this.#receive(request, response));
    this.#server.on('checkExpectation', (request, response) => this.#refuseExpectation(request, response));
    this.#connections = new Connections(this.#server, {
      most: maxConnections,
      busy: () => this.#exchanges.busySockets,
      isSpared: (address) => proxies.includes(address),
      giveWay: (socket) => this.#exchanges.cut(socket, 'gave way'),
    });
    this.#draining = new Draining({
      server: this.#server,
      connections: this.#connections,
      turns: this.#turns,
      deliveries: this.#deliveries,
      exchanges: this.#exchanges,
    });
    this.stopped = this.#draining.done.then(() => this.#shot);
    this.events.on('finished', (transfer) => this.#countShot(transfer));
  }

  /**
   * Starts a server and waits until it listens.
   * @throws UserError when it can't: the port is taken, the address is not this machine's, …
   */
  static async start(options: UpdateServerOptions): Promise<UpdateServer> {
    const { maxConnections = mostConnections(await openFilesLeft()) } = options;
    const server = new UpdateServer(options, maxConnections);
    await listen(server.#server, options);
    return server;
  }

  /** What happens to requests. */
  get events(): EventEmitter<ServerEvents> {
    return this.#exchanges.events;
  }

  /** The faults on purpose that it serves with; none unless someone puts one in force. */
  get faults(): Faults {
    return this.#exchanges.faults;
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
    return this.#draining.phase !== 'serving';
  }

  /** Changes what is served from now on. Running transfers are not touched. */
  serve(mode: ServeMode): void {
    this.#mode = mode;
    this.#lastIdBeforeMode = this.#exchanges.lastId;
    this.#decider.restrict(mode.kind === 'all' ? {} : mode);
    this.#upToDate.forget();
  }

  /** Decides each answer anew from now on: what boards are to get has changed. */
  forgetAnswers(): void {
    this.#upToDate.forget();
  }

  /** Replaces the users for new requests; running transfers are not touched. */
  renewCredentials(credentials: Credentials): void {
    this.#admission = { ...this.#admission, credentials };
  }

  /** Replaces the networks and the server's names for new requests; running transfers are not touched. */
  renewAllowed({ allow, allowedHosts = [] }: Allowed): void {
    this.#admission = { ...this.#admission, allow, hosts: new HostAllowList(allowedHosts) };
  }

  /** Replaces the certificate on new connections; open ones keep theirs. Only for a server that speaks HTTPS. */
  renewTls(tls: TlsPair): void {
    if (this.#server instanceof HttpsServer) this.#server.setSecureContext(tls.secureOptions);
  }

  /** Limits how much is sent at once, from now on. Running transfers go on, at the new rate. */
  limit({ rateLimit, maxTransfers }: FlowLimits): void {
    this.#pace.limit(rateLimit);
    this.#turns.limit(maxTransfers);
  }

  /**
   * Stops: takes no new transfer, lets the running ones finish for at most `deadlineMs`, closes. Queued ones are
   * refused at once. A second call with a nearer deadline cuts the first one's short.
   */
  stop(deadlineMs: number = limits.DRAIN_DEADLINE_MS): Promise<Transfer | undefined> {
    this.#draining.begin(deadlineMs, 'stopping');
    return this.stopped;
  }

  /**
   * Stops while another process accepts on the same socket: every connection accepted here is answered, also those that
   * ask soon. Otherwise like `stop`.
   */
  handOver(deadlineMs: number = limits.DRAIN_DEADLINE_MS): Promise<Transfer | undefined> {
    this.#draining.begin(deadlineMs, 'handing over');
    return this.stopped;
  }

  /** A one-shot counts requests that came after it was armed, also those that finish while the server stops. */
  #countShot(transfer: Transfer): void {
    if (this.#mode.kind !== 'once' || !transfer.completesUpdate || transfer.id <= this.#lastIdBeforeMode) return;
    if (this.#mode.goesBack && !this.isStopping) {
      this.serve({ kind: 'all' });
      this.events.emit('shot', transfer);
      return;
    }
    this.#shot ??= transfer;
    if (!this.isStopping) this.#draining.begin(limits.DRAIN_DEADLINE_MS, 'stopping');
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    if (this.#askedAhead.drop(request, response)) return;
    this.#connections.asked(request.socket);
    this.#sender.heard(request);
    response.strictContentLength = true;
    const { phase } = this.#draining;
    if (phase === 'handing over') response.shouldKeepAlive = false;
    const target = readTarget(request.url ?? '');
    request.url = target.path;
    const known = this.#recall(request, target.path);
    const refusal =
      phase === 'stopping' ? STOPPING : checkRequest(request, target, this.#admission, known !== undefined);
    if (refusal !== undefined) this.#turnAway(request, response, refusal);
    else if (known !== undefined) this.#exchanges.repeat(request, response, upToDate(known));
    else void this.#respond(request, response);
  }

  /** Answers an admitted request. */
  #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (parseTarget(request.url ?? '').kind === 'other') {
      return this.#pages(request, response).catch((bug: unknown) => this.#exchanges.report(bug));
    }
    const isHead = request.method === 'HEAD';
    const asking = { conditions: conditionsOf(request), isHead, isLook: this.#isLook(request) };
    return this.#exchanges.answer(request, response, async ({ asked, client, target, isTrial }) => {
      const { changes } = this.#upToDate;
      const decision = await this.#decider.decide(asked, { client, isTrial, ...asking });
      const isUpToDate = 'result' in decision && decision.result === 'up to date';
      if (isUpToDate && this.#decider.isForOthers(decision)) this.#upToDate.remember(target, decision, changes);
      return decision;
    });
  }

  /** The remembered "up to date" of a request for `target`, if the client gets that, too. */
  #recall(request: IncomingMessage, target: string): Found | undefined {
    const isForOneClient = this.#mode.kind !== 'all' && this.#mode.client !== undefined;
    const known = isForOneClient ? undefined : this.#upToDate.recall(target);
    if (known === undefined) return undefined;
    const asking = () => ({
      client: clientAddress(request, this.#admission.proxies),
      isLook: this.#isLook(request),
      isTrial: isTrial(request.rawHeaders),
    });
    return this.#decider.holdsFor(asking, known) ? known : undefined;
  }

  #isLook(request: IncomingMessage): boolean {
    return request.method === 'HEAD' && !isPassedOn(request, this.#admission.proxies);
  }

  /** Refuses an expectation that HTTP does not define (RFC 9110, section 10.1.1), which Node would refuse without a body. */
  #refuseExpectation(request: IncomingMessage, response: ServerResponse): void {
    if (this.#askedAhead.drop(request, response)) return;
    this.#connections.asked(request.socket);
    this.#sender.heard(request);
    request.url = readTarget(request.url ?? '').path;
    this.#turnAway(request, response, this.#draining.phase === 'stopping' ? STOPPING : UNKNOWN_EXPECTATION);
  }

  /** Refuses a request and reads nothing more after it: what came with it may not be what it seems. */
  #turnAway(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
    const isBoards = refusal.kind === 'not allowed' || refusal.kind === 'not proven';
    const asked: Asked = isBoards ? parseTarget(request.url ?? '') : { kind: 'other' };
    const decision = refuse({ asked }, refusal, [...refusalHeaders(refusal), 'Connection', 'close']);
    this.#exchanges.turnAway(request, response, decision);
  }
}

const STOPPING: Refusal = { kind: 'stopping' };

const UNKNOWN_EXPECTATION: Refusal = { kind: 'request', fault: 'expectation' };
