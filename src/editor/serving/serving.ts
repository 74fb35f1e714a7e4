import { networkInterfaces } from 'node:os';
import * as vscode from 'vscode';
import type { ServeMode } from '../../server/server-options.ts';
import { urlOf } from '../../server/socket/server-url.ts';
import type { Transfer } from '../../server/transfer.ts';
import type { UpdateServer } from '../../server/update-server.ts';
import { Owner } from '../dispose.ts';
import { type Endpoint, endpointOf, type ServingState } from '../serving-state.ts';
import { type ConsentStore, consentInForce } from './consent.ts';
import { flowLimits } from './flow-limits.ts';
import { bindableAddresses, toldAddress } from './interfaces.ts';
import { isLoopbackHost } from './listen-host.ts';
import { allowed, type ListenAddress, type StartParts, startServing } from './serving-start.ts';

/** An extension has 5 s to deactivate; running transfers get most of it. */
const DEACTIVATION_DRAIN_MS = 4_000;

/** What serving needs of its surroundings. */
export interface ServingParts extends StartParts {
  readonly consent: ConsentStore;
}

/** How a one-shot ended: with the transfer that completed it. */
export interface Shot {
  readonly transfer: Transfer;
}

/**
 * The embedded server: started, armed, stopped. Calls may come at any time and in any number: the last one counts, and
 * what is so already is left so. What is wanted stays so while settings change and starting fails.
 */
export class Serving extends Owner {
  readonly #parts: ServingParts;
  readonly #stateChanged = this.own(new vscode.EventEmitter<ServingState>());
  readonly #transferChanged = this.own(new vscode.EventEmitter<Transfer>());
  readonly #shotEnded = this.own(new vscode.EventEmitter<Shot>());
  #state: ServingState = { kind: 'stopped' };
  #server: UpdateServer | undefined;
  /** What is to be served, whether it can be or not; undefined for nothing. */
  #wanted: ServeMode | undefined;
  /** What the server was told to serve. */
  #inForce: ServeMode | undefined;
  /** Whether what the server does was made what is wanted, or could not be. */
  #isSettled = true;
  /** Whether the server must be another one than it is. */
  #isOutdated = false;
  /** Where the server was to listen. */
  #asked: ListenAddress | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #sessionPort: number | undefined;

  readonly onDidChangeState = this.#stateChanged.event;
  /** A request came, its answer began, or it ended; its state tells. */
  readonly onDidChangeTransfer = this.#transferChanged.event;
  readonly onDidEndShot = this.#shotEnded.event;

  constructor(parts: ServingParts) {
    super();
    this.#parts = parts;
    const { host, port, allowedHosts, allow, rateLimit, maxTransfers } = parts.settings;
    const onPort = () => {
      this.#sessionPort = undefined;
    };
    this.own(port.onDidChange(onPort));
    for (const setting of [host, port]) this.own(setting.onDidChange(() => this.#placeChanged()));
    for (const setting of [allowedHosts, allow]) this.own(setting.onDidChange(() => this.#allowedChanged()));
    for (const setting of [rateLimit, maxTransfers]) {
      this.own(setting.onDidChange(() => this.#server?.limit(flowLimits(parts.settings))));
    }
  }

  get state(): ServingState {
    return this.#state;
  }

  /** The port that is asked for: the setting's, or the one taken for this session. */
  get port(): number {
    return this.#sessionPort ?? this.#parts.settings.port.get();
  }

  /**
   * Serves as `mode` says, from where things stand. Failing is a state, not an exception. From a workspace that is not
   * trusted nothing is served, whoever asks.
   */
  serve(mode: ServeMode): Promise<void> {
    if (!vscode.workspace.isTrusted) return Promise.resolve();
    this.#wanted = mode;
    if (this.#server?.isStopping) this.#tellDraining(this.#server);
    return this.#settleSoon();
  }

  /** Takes no new requests, and lets running ones finish: for at most `deadlineMs`, or as long as a server waits by itself. */
  stop(deadlineMs?: number): Promise<void> {
    this.#wanted = undefined;
    if (this.#server !== undefined) this.#drain(this.#server, deadlineMs);
    return this.#settleSoon(deadlineMs);
  }

  /** Stops and serves what was wanted again, with the settings as they are now; everything, where nothing was. */
  restart(): Promise<void> {
    this.#isOutdated = true;
    if (this.#server !== undefined) this.#drain(this.#server);
    return this.serve(this.#wanted ?? { kind: 'all' });
  }

  /** Serves what was wanted on any free port, until the window is closed or a port is set; the settings stay as they are. */
  async serveOnOtherPort(): Promise<void> {
    this.#sessionPort = 0;
    await this.restart();
    const endpoint = endpointOf(this.#state);
    if (endpoint !== undefined && this.#sessionPort === 0) this.#sessionPort = endpoint.port;
  }

  /** Closes within the time that a deactivation has. */
  close(): Promise<void> {
    return this.stop(DEACTIVATION_DRAIN_MS);
  }

  override dispose(): void {
    void this.close();
    super.dispose();
  }

  /** Serves where it is to be now, or could not be until now. */
  #placeChanged(): void {
    const { host, port } = this.#place;
    const isThere = this.#server !== undefined && host === this.#asked?.host && port === this.#asked.port;
    if (this.#wanted !== undefined && !isThere) void this.restart();
  }

  /** A running server lets in others; one that could not be started, or must not go on like this, is started anew. */
  #allowedChanged(): void {
    if (this.#wanted === undefined) return;
    try {
      if (this.#server === undefined) void this.restart();
      else this.#server.renewAllowed(allowed(this.#parts.settings));
    } catch {
      void this.restart(); // which tells what is wrong with them
    }
  }

  #settleSoon(deadlineMs?: number): Promise<void> {
    this.#isSettled = false;
    const settled = this.#queue.then(() => this.#settle(deadlineMs));
    this.#queue = settled.catch(() => {});
    return settled;
  }

  /** Makes what the server does what is wanted now. */
  async #settle(deadlineMs: number | undefined): Promise<void> {
    if (this.#isSettled) return;
    this.#isSettled = true;
    const server = this.#server;
    if (server !== undefined && (this.#wanted === undefined || this.#isOutdated)) this.#drain(server, deadlineMs);
    if (server?.isStopping) await server.stopped;
    const mode = this.#wanted;
    if (mode === undefined) {
      if (this.#state.kind !== 'stopped') this.#setState({ kind: 'stopped' });
    } else if (this.#server === undefined) {
      await this.#start(mode);
    } else {
      this.#server.serve(mode);
      this.#inForce = mode;
      this.#tellServing(this.#server, mode);
    }
  }

  async #start(mode: ServeMode): Promise<void> {
    this.#isOutdated = false;
    this.#setState({ kind: 'starting' });
    const isWanted = () => this.#isSettled && !this.isDisposed;
    const place = this.#place;
    this.#asked = place;
    const started = await startServing(this.#parts, { ...place, mode, isWanted });
    if (started === undefined) return;
    if ('kind' in started) {
      this.#setState({ kind: 'failed', failure: started });
      return;
    }
    const { server, registry } = started;
    this.#server = server;
    this.#inForce = mode;
    this.#watch(server); // before anything else is waited for: boards may ask already
    // who had the port until now may have been this workspace's window before its reload
    await registry.reread().catch((error: unknown) => this.#parts.log.error(String(error)));
    if (this.#isSettled && !server.isStopping) this.#tellServing(server, mode);
  }

  /** Where to listen: at the address the user allowed for this workspace, or loopback. A setting alone opens nothing. */
  get #place(): ListenAddress {
    const { settings, consent } = this.#parts;
    const setting = settings.host.get();
    const host = consentInForce(consent.get(), setting)?.host ?? (isLoopbackHost(setting) ? setting : '127.0.0.1');
    return { host, port: this.port };
  }

  #watch(server: UpdateServer): void {
    for (const event of ['accepted', 'waiting', 'answering', 'finished', 'broken', 'refused'] as const) {
      server.events.on(event, (transfer) => {
        this.#transferChanged.fire(transfer);
        if (server.isStopping) this.#tellDraining(server);
      });
    }
    server.events.on('bug', (bug) => this.#parts.log.error(bug instanceof Error ? bug : String(bug)));
    void server.stopped.then((shot) => {
      this.#server = undefined;
      if (shot !== undefined && this.#wanted === this.#inForce) this.#wanted = undefined;
      this.#setState({ kind: 'stopped' });
      if (shot !== undefined) this.#shotEnded.fire({ transfer: shot });
    });
  }

  #drain(server: UpdateServer, deadlineMs?: number): void {
    void server.stop(deadlineMs);
    this.#tellDraining(server);
  }

  #tellDraining(server: UpdateServer): void {
    const endpoint = endpointOf(this.#state);
    if (this.#server !== server || endpoint === undefined) return;
    // a one-shot that was done ends what was wanted
    const isOver = this.#wanted === undefined || (this.#wanted === this.#inForce && !this.#isOutdated);
    const next = isOver ? 'stopped' : 'serving';
    if (this.#state.kind === 'draining' && this.#state.next === next) return;
    this.#setState({ kind: 'draining', endpoint, next });
  }

  #tellServing(server: UpdateServer, mode: ServeMode): void {
    const endpoint = this.#endpoint(server);
    const { kind, ...restriction } = mode;
    this.#setState(kind === 'all' ? { kind: 'serving', endpoint } : { kind: 'one-shot', endpoint, ...restriction });
  }

  #endpoint(server: UpdateServer): Endpoint {
    const { address: host, port } = server.address;
    const { consent } = this.#parts;
    return {
      host,
      port,
      get url() {
        const address = toldAddress(host, consent.get()?.address, bindableAddresses(networkInterfaces()));
        return urlOf('http', address, port);
      },
      onNetwork: !isLoopbackHost(host),
    };
  }

  #setState(state: ServingState): void {
    this.#state = state;
    this.#stateChanged.fire(state);
  }
}
