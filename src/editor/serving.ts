import * as vscode from 'vscode';
import type { ImageChecks } from '../checks/image-checks.ts';
import { systemErrorCode, UserError } from '../errors.ts';
import { isLoopback } from '../server/identity.ts';
import type { FlowLimits, ServeMode } from '../server/server-options.ts';
import { urlOf } from '../server/server-url.ts';
import type { Transfer } from '../server/transfer.ts';
import type { UpdateServer } from '../server/update-server.ts';
import { allowedNetworks } from './allowed-networks.ts';
import type { Boards } from './boards.ts';
import type { ConsentStore } from './consent.ts';
import { Owner } from './dispose.ts';
import { identifyHolder } from './port-holder.ts';
import type { Project } from './project.ts';
import { type Endpoint, endpointOf, type ServingFailure, type ServingState } from './serving-state.ts';
import type { Settings } from './settings.ts';

/** After a window reload the old extension host may hold the port for some seconds more. */
const BIND_RETRY_FOR_MS = 4_000;
const BIND_RETRY_EVERY_MS = 250;

/** An extension has 5 s to deactivate; running transfers get most of it. */
const DEACTIVATION_DRAIN_MS = 4_000;

const BYTES_PER_MB = 1e6;

/** What serving needs of its surroundings. */
export interface ServingParts {
  readonly settings: Settings;
  readonly project: Project;
  readonly checks: ImageChecks;
  readonly consent: ConsentStore;
  readonly boards: Boards;
  readonly version: string;
}

/** How a one-shot ended: with the transfer that completed it. */
export interface Shot {
  readonly transfer: Transfer;
}

/**
 * The embedded server: started, armed, stopped. Calls may come at any time and in any number; they are carried out one
 * after another, and what is so already is left so.
 */
export class Serving extends Owner {
  readonly #parts: ServingParts;
  readonly #stateChanged = this.own(new vscode.EventEmitter<ServingState>());
  readonly #transferChanged = this.own(new vscode.EventEmitter<Transfer>());
  readonly #shotEnded = this.own(new vscode.EventEmitter<Shot>());
  #state: ServingState = { kind: 'stopped' };
  #server: UpdateServer | undefined;
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
    for (const setting of [host, port, allowedHosts, allow]) {
      this.own(setting.onDidChange(() => this.#settingChanged()));
    }
    for (const setting of [rateLimit, maxTransfers]) {
      this.own(setting.onDidChange(() => this.#server?.limit(this.#flowLimits)));
    }
  }

  /** How much goes out at once, as the settings say. */
  get #flowLimits(): FlowLimits {
    const { rateLimit, maxTransfers } = this.#parts.settings;
    const bytesPerSecond = Math.round(rateLimit.get() * BYTES_PER_MB);
    return { rateLimit: bytesPerSecond || undefined, maxTransfers: maxTransfers.get() || undefined };
  }

  get state(): ServingState {
    return this.#state;
  }

  /** Requests being answered now. */
  get running(): readonly Transfer[] {
    return [...(this.#server?.running ?? [])];
  }

  /** The port that is asked for: the setting's, or the one taken for this session. */
  get port(): number {
    return this.#sessionPort ?? this.#parts.settings.port.get();
  }

  /** Serves as `mode` says, from where things stand. Failing is a state, not an exception. */
  serve(mode: ServeMode): Promise<void> {
    return this.#enqueue(async () => {
      if (this.#server?.isStopping) await this.#server.stopped;
      this.#server ??= await this.#start();
      if (this.#server === undefined) return;
      this.#server.serve(mode);
      const endpoint = this.#endpoint(this.#server);
      const { kind, ...restriction } = mode;
      this.#setState(kind === 'all' ? { kind: 'serving', endpoint } : { kind: 'one-shot', endpoint, ...restriction });
    });
  }

  /** Takes no new requests, and lets running ones finish. */
  stop(deadlineMs?: number): Promise<void> {
    const server = this.#server;
    if (server !== undefined) this.#drain(server, deadlineMs);
    return this.#enqueue(async () => {
      if (this.#server !== undefined) await this.#drain(this.#server, deadlineMs);
      else if (this.#state.kind === 'failed') this.#setState({ kind: 'stopped' });
    });
  }

  /** Stops and serves again, with the settings as they are now. */
  async restart(): Promise<void> {
    void this.stop();
    await this.serve({ kind: 'all' });
  }

  /** Serves on any free port until the window is closed; the settings stay as they are. */
  async serveOnOtherPort(): Promise<void> {
    this.#sessionPort = 0;
    await this.serve({ kind: 'all' });
    const endpoint = endpointOf(this.#state);
    if (endpoint !== undefined) this.#sessionPort = endpoint.port;
  }

  /** Closes within the time that a deactivation has. */
  close(): Promise<void> {
    return this.stop(DEACTIVATION_DRAIN_MS);
  }

  override dispose(): void {
    void this.close();
    super.dispose();
  }

  #enqueue(operation: () => Promise<void>): Promise<void> {
    const result = this.#queue.then(operation);
    this.#queue = result.catch(() => {});
    return result;
  }

  /** What could not be served for a setting may be now. */
  #settingChanged(): void {
    const failed = this.#state.kind === 'failed' && this.#state.failure.kind === 'other';
    if (this.#server !== undefined || failed) void this.restart();
  }

  async #start(): Promise<UpdateServer | undefined> {
    this.#setState({ kind: 'starting' });
    const { project, checks, settings, version } = this.#parts;
    const host = this.#hostToBind();
    const boards = await this.#parts.boards.open();
    const { startWatched } = await import('./watched-server.ts');
    const retryUntil = performance.now() + BIND_RETRY_FOR_MS;
    for (;;) {
      try {
        const options = {
          catalog: project.catalog,
          checks,
          host,
          port: this.port,
          allowedHosts: settings.allowedHosts.get(),
          allow: allowedNetworks(settings.allow.get()),
          ...this.#flowLimits,
          identity: { server: 'mkbox', version, workspace: vscode.workspace.name ?? '' },
        } as const;
        const server = await startWatched(options, boards, version);
        this.#watch(server);
        return server;
      } catch (error) {
        const inUse = systemErrorCode(error) === 'EADDRINUSE';
        if (inUse && performance.now() < retryUntil && !this.isDisposed) {
          await new Promise((resolve) => setTimeout(resolve, BIND_RETRY_EVERY_MS));
          continue;
        }
        this.#setState({ kind: 'failed', failure: await this.#explain(error, inUse, host) });
        return undefined;
      }
    }
  }

  /** The address the user allowed for this workspace, or loopback: a setting alone opens nothing to the network. */
  #hostToBind(): string {
    const { settings, consent } = this.#parts;
    return consent.get()?.host ?? (isLoopbackHost(settings.host.get()) ? settings.host.get() : '127.0.0.1');
  }

  async #explain(error: unknown, inUse: boolean, host: string): Promise<ServingFailure> {
    if (inUse) return { kind: 'port in use', host, port: this.port, holder: await identifyHolder(host, this.port) };
    if (error instanceof UserError) return { kind: 'other', message: error.message };
    return { kind: 'other', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }

  #watch(server: UpdateServer): void {
    for (const event of ['accepted', 'waiting', 'answering', 'finished', 'broken', 'refused'] as const) {
      server.events.on(event, (transfer) => this.#transferChanged.fire(transfer));
    }
    void server.stopped.then((transfer) => {
      if (this.#server !== server) return;
      this.#server = undefined;
      this.#setState({ kind: 'stopped' });
      if (transfer !== undefined) this.#shotEnded.fire({ transfer });
    });
  }

  #drain(server: UpdateServer, deadlineMs: number | undefined): Promise<unknown> {
    const stopped = server.stop(deadlineMs);
    const endpoint = endpointOf(this.#state);
    if (this.#server === server && endpoint !== undefined) this.#setState({ kind: 'draining', endpoint });
    return stopped;
  }

  #endpoint(server: UpdateServer): Endpoint {
    const { address: host, port } = server.address;
    const consent = this.#parts.consent.get();
    const shown = consent?.host === host ? consent.address : host;
    const url = urlOf('http', shown, port);
    return { host, port, url, onNetwork: !isLoopbackHost(host) };
  }

  #setState(state: ServingState): void {
    this.#state = state;
    this.#stateChanged.fire(state);
  }
}

/** Whether only this machine can reach a server bound to `host`. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || isLoopback(host);
}
