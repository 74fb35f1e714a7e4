import { networkInterfaces } from 'node:os';
import * as vscode from 'vscode';
import type { BoardRegistry } from '../../boards/board-registry.ts';
import type { Faults } from '../../server/faults.ts';
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
import { isSame, type Now, nextStep, stateOf, type Wanted } from './next-step.ts';
import { type ListenAddress, type StartParts, startServing } from './serving-start.ts';

/** An extension has 5 s to deactivate; running transfers get most of it. */
const DEACTIVATION_DRAIN_MS = 4_000;

/** The end of a one-shot. */
export interface EndedShot {
  /** What completed it. */
  readonly transfer: Transfer;
  /** Whether all images are served again. */
  readonly isServing: boolean;
}

/** What serving needs of its surroundings. */
export interface ServingParts extends StartParts {
  readonly consent: ConsentStore;
}

/**
 * The embedded server. Calls may come at any time and in any number: the last one counts, and what is already so stays
 * as it is. What is wanted outlives changes of settings and failed starts.
 */
export class Serving extends Owner {
  readonly #parts: ServingParts;
  readonly #stateChanged = this.own(new vscode.EventEmitter<ServingState>());
  readonly #transferChanged = this.own(new vscode.EventEmitter<Transfer>());
  readonly #shotEnded = this.own(new vscode.EventEmitter<EndedShot>());
  readonly #faultChanged = this.own(new vscode.EventEmitter<void>());
  #now: Now<UpdateServer> = { kind: 'stopped' };
  #wanted: Wanted | undefined;
  /** The number of orders and restarts so far. */
  #count = 0;
  #queue: Promise<unknown> = Promise.resolve();
  /** Known once it was read anew for a server. */
  #registry: BoardRegistry | undefined;
  /** The port that is taken until the window is closed, in place of the one that was set, until another one is. */
  #sessionPort: { readonly port: number; readonly insteadOf: number } | undefined;

  readonly onDidChangeState = this.#stateChanged.event;
  /** A request came, its answer began, or it ended; its state tells. */
  readonly onDidChangeTransfer = this.#transferChanged.event;
  /** A one-shot ended. */
  readonly onDidEndShot = this.#shotEnded.event;
  /** There is another fault on purpose, or none any more. */
  readonly onDidChangeFault = this.#faultChanged.event;

  constructor(parts: ServingParts) {
    super();
    this.#parts = parts;
    const { host, port, allowedHosts, allow, rateLimit, maxTransfers } = parts.settings;
    const onPort = () => {
      if (this.#sessionPort?.insteadOf !== port.get()) this.#sessionPort = undefined;
    };
    this.own(port.onDidChange(onPort));
    this.own(parts.project.onDidChange(() => this.#takeFirstBuilds()));
    for (const setting of [host, port]) this.own(setting.onDidChange(() => this.#placeChanged()));
    for (const setting of [allowedHosts, allow]) this.own(setting.onDidChange(() => void this.#allowedChanged()));
    for (const setting of [rateLimit, maxTransfers]) {
      this.own(setting.onDidChange(() => this.#server?.limit(flowLimits(parts.settings))));
    }
  }

  get state(): ServingState {
    return stateOf(this.#now);
  }

  /** The faults on purpose of the server that serves; undefined while there is none. They end with it. */
  get faults(): Faults | undefined {
    return this.#now.kind === 'serving' ? this.#now.server.faults : undefined;
  }

  /** What is wanted to be served, whether it can be or not; undefined for nothing. */
  get wanted(): ServeMode | undefined {
    return this.#wanted?.mode;
  }

  /** The port that is asked for: the setting's, or the one taken for this session. */
  get port(): number {
    return this.#sessionPort?.port ?? this.#parts.settings.port.get();
  }

  /**
   * Serves as `mode` says. Failing is a state, not an exception. From an untrusted workspace nothing is served, whoever
   * asks.
   */
  serve(mode: ServeMode): Promise<void> {
    const order = ++this.#count;
    return this.#serve({ mode, order, run: this.#wanted?.run ?? order });
  }

  /** Stops taking requests, and lets running ones finish, for at most `deadlineMs`, or the server's default. */
  stop(deadlineMs?: number): Promise<void> {
    return this.#want(undefined, deadlineMs);
  }

  /** Stops and serves again what was wanted, with the current settings; everything, if nothing was. */
  restart(): Promise<void> {
    const run = ++this.#count;
    return this.#serve({ mode: { kind: 'all' }, order: run, ...this.#wanted, run });
  }

  /** Serves what was wanted on any free port, until the window is closed or a port is set; the settings stay as they are. */
  async serveOnOtherPort(): Promise<void> {
    const any = { port: 0, insteadOf: this.#parts.settings.port.get() };
    this.#sessionPort = any;
    await this.restart();
    const endpoint = endpointOf(this.state);
    if (endpoint !== undefined && this.#sessionPort === any) this.#sessionPort = { ...any, port: endpoint.port };
  }

  /** Closes within the time that a deactivation has. */
  close(): Promise<void> {
    return this.stop(DEACTIVATION_DRAIN_MS);
  }

  override dispose(): void {
    void this.close();
    super.dispose();
  }

  /** Restarts where the settings now say, or where it could not start before. */
  #placeChanged(): void {
    const { host, port } = this.#place;
    const isThere = 'asked' in this.#now && host === this.#now.asked.host && port === this.#now.asked.port;
    if (this.#wanted !== undefined && !isThere) this.#beginRestart();
  }

  /** Applies the allow list to a running server; one that could not start, or must not go on, is restarted. */
  async #allowedChanged(): Promise<void> {
    try {
      const { allowed } = await import('./while-serving.ts');
      if (this.#wanted === undefined) return;
      if (this.#server === undefined) this.#beginRestart();
      else this.#server.renewAllowed(allowed(this.#parts));
    } catch {
      this.#beginRestart(); // which tells what is wrong with them
    }
  }

  /** Restarts, which nobody waits for. What may go wrong is a state; anything else is a bug. */
  #beginRestart(): void {
    this.restart().catch((error) => this.#parts.log.error(error));
  }

  get #server(): UpdateServer | undefined {
    return 'server' in this.#now ? this.#now.server : undefined;
  }

  #serve(wanted: Wanted): Promise<void> {
    return vscode.workspace.isTrusted && !this.isDisposed ? this.#want(wanted) : Promise.resolve();
  }

  /** Makes the server do what is wanted now. One that is no longer wanted drains at once, whatever is waited for. */
  #want(wanted: Wanted | undefined, deadlineMs?: number): Promise<void> {
    this.#wanted = wanted;
    const step = nextStep(this.#now, wanted);
    if (step.kind === 'drain') this.#drain(step.serving, deadlineMs);
    if (step.kind === 'wait') this.#drain(step.draining, deadlineMs);
    const settled = this.#queue.then(() => this.#settle());
    this.#queue = settled.catch(() => {});
    return settled;
  }

  async #settle(): Promise<void> {
    for (;;) {
      const step = nextStep(this.#now, this.#wanted);
      switch (step.kind) {
        case 'none':
          return;
        case 'rest':
          this.#become({ kind: 'stopped' });
          break;
        case 'start':
          await this.#start(step.wanted);
          break;
        case 'arm':
          step.serving.server.serve(step.wanted.mode);
          this.#become({ ...step.serving, ...step.wanted });
          break;
        case 'drain':
          this.#drain(step.serving);
          break;
        case 'wait':
          await step.draining.server.stopped;
          break;
      }
    }
  }

  /** Starts a server, unless something else is wanted before it listens. */
  async #start(wanted: Wanted): Promise<void> {
    this.#become({ kind: 'starting' });
    const asked = this.#place;
    const isWanted = () => isSame(wanted, this.#wanted);
    const started = await startServing(this.#parts, { ...asked, mode: wanted.mode, isWanted });
    if (started === undefined) return;
    if ('kind' in started) {
      this.#become({ kind: 'failed', wanted, failure: started });
      return;
    }
    const { server, registry } = started;
    if (this.#wanted?.run !== wanted.run) {
      await server.stop(0); // nobody knows of it yet: who asked in these milliseconds asks again
      return;
    }
    this.#watch(server); // before anything else is waited for: boards may ask already
    this.#become({ kind: 'serving', ...wanted, server, asked, endpoint: this.#endpoint(server) });
    // who had the port until now may have been this workspace's window before its reload
    await registry.reread().catch((error: unknown) => this.#parts.log.error(String(error)));
    this.#registry = registry;
    this.#takeFirstBuilds();
  }

  /** Images that are built while they are served count as those that are there at the start. */
  #takeFirstBuilds(): void {
    if (this.#now.kind === 'serving') this.#registry?.rollOuts.takeAsFirst(this.#parts.project.served.snapshot.images);
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
        if (server.isStopping && this.#now.kind === 'serving') {
          this.#endOrder();
          this.#drain(this.#now);
        }
      });
    }
    for (const event of ['changed', 'over'] as const) server.faults.events.on(event, () => this.#faultChanged.fire());
    server.events.on('shot', (transfer) => {
      const now = this.#now;
      if (now.kind === 'serving' && now.server === server) {
        const all: Wanted = { mode: { kind: 'all' }, order: ++this.#count, run: now.run };
        if (isSame(now, this.#wanted)) this.#wanted = all;
        this.#become({ ...now, ...all });
      }
      this.#shotEnded.fire({ transfer, isServing: true });
    });
    server.events.on('bug', (bug) => this.#parts.log.error(bug instanceof Error ? bug : String(bug)));
    const ending = server.stopped.then((shot) => {
      if (shot !== undefined) this.#endOrder();
      this.#become({ kind: 'stopped' });
      if (shot !== undefined) this.#shotEnded.fire({ transfer: shot, isServing: false });
    });
    ending.catch((error) => this.#parts.log.error(error));
  }

  /** A one-shot is done: its order is no longer wanted, unless a later one came. */
  #endOrder(): void {
    if ('order' in this.#now && this.#now.order === this.#wanted?.order) this.#wanted = undefined;
  }

  #drain(running: Extract<Now<UpdateServer>, { server: UpdateServer }>, deadlineMs?: number): void {
    const next = this.#wanted === undefined ? 'stopped' : 'serving';
    if (running.kind === 'serving' || running.next !== next) this.#become({ ...running, kind: 'draining', next });
    void running.server.stop(deadlineMs);
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

  #become(now: Now<UpdateServer>): void {
    this.#now = now;
    this.#stateChanged.fire(this.state);
  }
}
