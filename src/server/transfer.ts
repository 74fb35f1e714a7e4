import type { Resolution } from '../images/resolution.ts';
import type { Refusal } from './refusal.ts';
import type { Place } from './turns.ts';

/** What a request asked for, by the parts it gave. */
export interface Asked {
  readonly kind: 'update' | 'list' | 'identity' | 'other';
  readonly box?: string;
  /** Where the request names the image itself. */
  readonly image?: string;
  readonly board?: string;
  readonly branch?: string;
  readonly version?: string;
  /** The build the board says it runs. */
  readonly buildId?: string;
  readonly search?: string;
}

/** What a finished request got. `held` is word of being up to date on someone's order; `part` is a range that ends before the archive does. */
export type TransferResult = 'image' | 'part' | 'up to date' | 'held' | 'not modified' | 'head' | 'list' | 'identity';

/** Why a transfer ended before its end. */
export type BreakReason =
  | 'client closed'
  | 'client stalled'
  /** All connections were taken, and its client had the most of them. */
  | 'gave way'
  /** The server was stopped, and did not wait for it any longer. */
  | 'stopped'
  /** The image file was written to while it was sent. */
  | 'image changed'
  /** It was found out to be wrong while it was sent; `objection` says how. */
  | 'image wrong'
  | 'image unreadable'
  /** A bug of ours; its stack is told by the event `bug`. */
  | 'internal error';

/** Where a request stands. */
export type TransferState =
  /** `place`: where it stands among those that wait for their turn, while it does. */
  | { readonly kind: 'running'; readonly place?: Place }
  | { readonly kind: 'finished'; readonly result: TransferResult }
  /** The connection ended, or was ended, before all was sent. */
  | {
      readonly kind: 'broken';
      readonly reason: BreakReason;
      /** The system's name for the reason, where the image could not be read. */
      readonly code?: string;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** One request from its arrival to its end: what was asked, what it came to, and how far it is. */
export class Transfer {
  /** Unique among the transfers of one server; later ones have higher numbers. */
  readonly id: number;
  /** The client's address. */
  readonly client: string;
  readonly method: string;
  /** The request target as it came: path and query, percent-encoded. */
  readonly target: string;
  /** The request's header fields as they came: names and values, in turn. */
  readonly headers: readonly string[];
  /** Milliseconds since 1970. */
  readonly startedAtMs = Date.now();
  readonly #startedAt = performance.now();
  #endedAt: number | undefined;
  #waitedMs = 0;
  #waitsSince: number | undefined;

  asked: Asked = { kind: 'other' };
  resolution: Resolution | undefined;
  /** The build ID of the image that the request was resolved to. */
  servedBuildId: string | undefined;
  /** Why the image must not be handed out, where that was found out while it was sent. */
  objection: Refusal | undefined;
  /** Whether it was answered as one like it was a moment ago, without a look at the disk: up to date. */
  isRepeat = false;
  /** The HTTP status answered, 0 before there is one. */
  status = 0;
  /** Body bytes to be sent in all. */
  totalBytes = 0;
  /** Body bytes that the client acknowledged so far, as far as is known: a counter to be read while the transfer runs. */
  sentBytes = 0;
  /** Since when the client acknowledged nothing, by `performance.now()`; undefined while it does. */
  stalledSinceMs: number | undefined;
  state: TransferState = { kind: 'running' };

  constructor(id: number, client: string, method: string, target: string, headers: readonly string[] = []) {
    this.id = id;
    this.client = client;
    this.method = method;
    this.target = target;
    this.headers = headers;
  }

  /** Whether a board now has, or was told that it has, the image it asked for. */
  get completesUpdate(): boolean {
    if (this.state.kind !== 'finished') return false;
    return this.state.result === 'image' || this.state.result === 'up to date';
  }

  /** Milliseconds from the request's arrival to its end, or until now. */
  get durationMs(): number {
    return (this.#endedAt ?? performance.now()) - this.#startedAt;
  }

  /** Milliseconds of `durationMs` in which it waited for its turn. */
  get waitedMs(): number {
    return this.#waitedMs + (this.#waitsSince === undefined ? 0 : performance.now() - this.#waitsSince);
  }

  /** Milliseconds of `durationMs` in which it did not wait for its turn. */
  get answeringMs(): number {
    return this.durationMs - this.waitedMs;
  }

  /** How long the client has acknowledged nothing, in milliseconds; undefined while it does, and when it has ended. */
  get stalledMs(): number | undefined {
    const { state, stalledSinceMs } = this;
    return state.kind === 'running' && stalledSinceMs !== undefined ? performance.now() - stalledSinceMs : undefined;
  }

  /** Notes that it waits for its turn. */
  wait(place: Place): void {
    this.#waitsSince = performance.now();
    this.state = { kind: 'running', place };
  }

  /** Notes that it waits no more. */
  goOn(): void {
    this.#waitedMs = this.waitedMs;
    this.#waitsSince = undefined;
    this.state = { kind: 'running' };
  }

  /** Puts the transfer in its final state. */
  end(state: Exclude<TransferState, { kind: 'running' }>): void {
    this.#endedAt = performance.now();
    this.state = state;
  }
}
