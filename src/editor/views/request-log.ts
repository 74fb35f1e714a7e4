import * as vscode from 'vscode';
import type { Reflashing } from '../../boards/board.ts';
import type { Reflash } from '../../boards/board-events.ts';
import type { KeptRequest } from '../../boards/kept-request.ts';
import { type LoggedRequest, requestKey } from '../../boards/logged-request.ts';
import type { StateFile } from '../../boards/state-file.ts';
import type { Transfer } from '../../server/transfer.ts';
import { Owner } from '../dispose.ts';
import type { Boards } from '../serving/boards.ts';
import type { Serving } from '../serving/serving.ts';
import { endpointOf, type ServingState } from '../serving-state.ts';
import type { Unseen } from '../words/status-words.ts';
import { newestOf } from './newest-requests.ts';

/** The file that keeps requests. */
export type RequestFile = StateFile<readonly KeptRequest[]>;

/** What the log is made from. */
export interface RequestLogParts {
  readonly serving: Serving;
  readonly boards: Boards;
  /** Opens the file that keeps this workspace's requests; there is none for a window without a workspace. */
  readonly openFile: () => Promise<RequestFile | undefined>;
  readonly onFailure: (error: unknown) => void;
}

/**
 * The newest requests of this workspace, those of earlier windows too, and the newest failure that nobody has looked at.
 * What was kept is read when a view or the server first needs it.
 */
export class RequestLog extends Owner {
  readonly #parts: RequestLogParts;
  readonly #changed = this.own(new vscode.EventEmitter<void>());
  readonly #reflashes = new WeakMap<LoggedRequest, Reflashing>();
  #requests: readonly LoggedRequest[] = [];
  /** Those of them that are from the file. */
  #kept: ReadonlySet<LoggedRequest> = new Set();
  #unseen: Transfer | undefined;
  #loading: Promise<RequestFile | undefined> | undefined;
  #isLoaded = false;
  #isStarting = false;
  #isTouched = false;

  readonly onDidChange = this.#changed.event;

  constructor(parts: RequestLogParts) {
    super();
    this.#parts = parts;
    const { serving, boards } = parts;
    this.own(serving.onDidChangeTransfer((transfer) => this.#note(transfer)));
    this.own(serving.onDidChangeState((state) => this.#follow(state)));
    this.own(boards.onDidReflash((reflash) => this.#noteReflash(reflash)));
  }

  /** Newest first. */
  get requests(): readonly LoggedRequest[] {
    return this.#requests;
  }

  /** Those of this window. */
  get recent(): readonly LoggedRequest[] {
    return this.#requests.filter((request) => !this.#kept.has(request));
  }

  /** Whether what was kept was read: before that, no requests mean nothing. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** Archives being sent now. */
  get sending(): readonly LoggedRequest[] {
    return this.#requests.filter(({ state, asked, totalBytes }) => {
      return state.kind === 'running' && asked.kind === 'update' && totalBytes > 0;
    });
  }

  /** What `request` shows about a board that flashes itself at every boot, if it does. */
  reflashOf(request: LoggedRequest): Reflashing | undefined {
    return this.#reflashes.get(request);
  }

  /** The last update request that was refused or broken off, or showed a reflash, since the user looked. */
  get unseen(): Unseen | undefined {
    const transfer = this.#unseen;
    return transfer && { transfer, reflash: this.#reflashes.get(transfer) };
  }

  /** The last completed transfer of the image `id`. */
  lastServed(id: string): LoggedRequest | undefined {
    return this.#requests.find((request) => {
      return request.resolution?.found?.id === id && request.state.kind === 'finished' && request.completesUpdate;
    });
  }

  /** Reads what was kept, once. A damaged file is set aside, and the user told. */
  async load(): Promise<void> {
    await this.#open();
  }

  /** Records that the user has looked. */
  markSeen(): void {
    if (this.#unseen === undefined) return;
    this.#unseen = undefined;
    this.#changed.fire();
  }

  /** Forgets all requests that ended, and those that are kept. */
  async clear(): Promise<void> {
    await this.load();
    this.#requests = this.#requests.filter(({ state }) => state.kind === 'running');
    this.#unseen = undefined;
    this.#touch();
    await this.close();
  }

  /** Writes the requests as they are now, if they are others than were kept. It works after `dispose`, too. */
  async close(): Promise<void> {
    if (!this.#isTouched) return;
    const file = await this.#open();
    file?.schedule(() => this.#state());
    await file?.flush();
  }

  #open(): Promise<RequestFile | undefined> {
    this.#loading ??= this.#openAndRead();
    return this.#loading;
  }

  async #openAndRead(): Promise<RequestFile | undefined> {
    try {
      const file = await this.#parts.openFile();
      await this.#read(file);
      return file;
    } catch (error) {
      this.#loading = undefined; // whoever comes next tries again
      throw error;
    }
  }

  async #read(file: RequestFile | undefined): Promise<void> {
    const kept = (await file?.read(Date.now())) ?? [];
    const { recent } = this;
    const known = new Set(recent.map(requestKey));
    const others = kept.filter(({ request }) => !known.has(requestKey(request)));
    for (const { request, reflash } of others) if (reflash !== undefined) this.#reflashes.set(request, reflash);
    this.#kept = new Set(others.map(({ request }) => request));
    this.#requests = newestOf([...recent, ...this.#kept]);
    this.#isLoaded = true;
    this.#changed.fire();
  }

  /** Who had the port until now may have been this workspace's window before its reload: it wrote last. */
  #follow(state: ServingState): void {
    if (state.kind === 'starting') {
      this.#isStarting = true;
      this.load().catch(this.#parts.onFailure);
    } else if (this.#isStarting && endpointOf(state) !== undefined) {
      this.#isStarting = false;
      this.#readAgain().catch(this.#parts.onFailure);
    }
  }

  async #readAgain(): Promise<void> {
    await this.#read(await this.#open());
  }

  #note(transfer: Transfer): void {
    if (transfer.asked.kind === 'identity') {
      this.#requests = this.#requests.filter((request) => request !== transfer);
      return;
    }
    if (!this.#requests.includes(transfer)) this.#requests = newestOf([transfer, ...this.#requests]);
    const failed = transfer.state.kind === 'refused' || transfer.state.kind === 'broken';
    if (failed && transfer.asked.kind === 'update' && !transfer.isTrial) this.#unseen = transfer;
    this.#touch();
  }

  #noteReflash({ transfer, state }: Reflash): void {
    this.#reflashes.set(transfer, state);
    this.#unseen = transfer;
    this.#touch();
  }

  /** What is not read yet is not overwritten. */
  #touch(): void {
    this.#isTouched = true;
    this.#changed.fire();
    this.#open()
      .then((file) => file?.schedule(() => this.#state()))
      .catch(this.#parts.onFailure);
  }

  #state(): readonly KeptRequest[] {
    return this.#requests.map((request) => {
      const reflash = this.#reflashes.get(request);
      return { request, ...(reflash && { reflash }) };
    });
  }
}
