import * as vscode from 'vscode';
import type { Reflashing } from '../../boards/board.ts';
import type { Reflash } from '../../boards/board-events.ts';
import type { Transfer } from '../../server/transfer.ts';
import { Owner } from '../dispose.ts';
import type { Boards } from '../serving/boards.ts';
import type { Serving } from '../serving/serving.ts';
import type { Unseen } from '../words/status-words.ts';
import { withNewest } from './newest-requests.ts';

/** The newest requests of all server runs in this window, and the newest failure that nobody has looked at. */
export class RequestLog extends Owner {
  readonly #changed = this.own(new vscode.EventEmitter<void>());
  readonly #reflashes = new WeakMap<Transfer, Reflashing>();
  #requests: Transfer[] = [];
  #unseen: Transfer | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(serving: Serving, boards: Boards) {
    super();
    this.own(serving.onDidChangeTransfer((transfer) => this.#note(transfer)));
    this.own(boards.onDidReflash((reflash) => this.#noteReflash(reflash)));
  }

  /** Newest first. */
  get requests(): readonly Transfer[] {
    return this.#requests;
  }

  /** Archives being sent now. */
  get sending(): readonly Transfer[] {
    return this.#requests.filter(({ state, asked, totalBytes }) => {
      return state.kind === 'running' && asked.kind === 'update' && totalBytes > 0;
    });
  }

  /** What `transfer` shows about a board that flashes itself at every boot, if it does. */
  reflashOf(transfer: Transfer): Reflashing | undefined {
    return this.#reflashes.get(transfer);
  }

  /** The last update request that was refused or broken off, or showed a reflash, since the user looked. */
  get unseen(): Unseen | undefined {
    const transfer = this.#unseen;
    return transfer && { transfer, reflash: this.#reflashes.get(transfer) };
  }

  /** The last completed transfer of the image `id`. */
  lastServed(id: string): Transfer | undefined {
    return this.#requests.find((transfer) => {
      return transfer.resolution?.found?.id === id && transfer.state.kind === 'finished' && transfer.completesUpdate;
    });
  }

  /** Records that the user has looked. */
  markSeen(): void {
    if (this.#unseen === undefined) return;
    this.#unseen = undefined;
    this.#changed.fire();
  }

  /** Forgets all requests that ended. */
  clear(): void {
    this.#requests = this.#requests.filter((transfer) => transfer.state.kind === 'running');
    this.#unseen = undefined;
    this.#changed.fire();
  }

  #note(transfer: Transfer): void {
    if (transfer.asked.kind === 'identity') {
      this.#requests = this.#requests.filter((request) => request !== transfer);
      return;
    }
    if (!this.#requests.includes(transfer)) this.#requests = withNewest(this.#requests, transfer);
    const failed = transfer.state.kind === 'refused' || transfer.state.kind === 'broken';
    if (failed && transfer.asked.kind === 'update' && !transfer.isTrial) this.#unseen = transfer;
    this.#changed.fire();
  }

  #noteReflash({ transfer, state }: Reflash): void {
    this.#reflashes.set(transfer, state);
    this.#unseen = transfer;
    this.#changed.fire();
  }
}
