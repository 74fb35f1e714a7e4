import type { Resolution } from '../images/resolution.ts';
import type { Asked } from './decision/asked.ts';
import type { Refusal } from './refusal.ts';
import type { WaitingPlace } from './sending/turns.ts';

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
  | { readonly kind: 'running'; readonly place?: WaitingPlace }
  | { readonly kind: 'finished'; readonly result: TransferResult }
  /** The connection ended, or was ended, before all was sent. */
  | {
      readonly kind: 'broken';
      readonly reason: BreakReason;
      /** The system's name for the reason, where the image could not be read. */
      readonly code?: string;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** One request from its arrival to its end: what was asked, what it came to, and how far it is. Who watches it reads it. */
export interface Transfer {
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
  readonly startedAtMs: number;
  readonly asked: Asked;
  /** Undefined before anything was looked up, and where nothing is. */
  readonly resolution: Resolution | undefined;
  /** The build ID of the image that the request was resolved to. */
  readonly servedBuildId: string | undefined;
  /** Why the image must not be handed out, where that was found out while it was sent. */
  readonly objection: Refusal | undefined;
  /** Whether it was answered as one like it was a moment ago, without a look at the disk: up to date. */
  readonly isRepeat: boolean;
  /** The HTTP status answered, 0 before there is one. */
  readonly status: number;
  /** Body bytes to be sent in all. */
  readonly totalBytes: number;
  /** Body bytes that the client acknowledged so far, as far as is known: a counter to be read while the transfer runs. */
  readonly sentBytes: number;
  readonly state: TransferState;
  /** Whether a board now has, or was told that it has, the image it asked for. */
  readonly completesUpdate: boolean;
  /** Milliseconds from the request's arrival to its end, or until now. */
  readonly durationMs: number;
  /** Milliseconds of `durationMs` in which it waited for its turn. */
  readonly waitedMs: number;
  /** Milliseconds of `durationMs` in which it did not wait for its turn. */
  readonly answeringMs: number;
  /** How long the client has acknowledged nothing, in milliseconds; undefined while it does, and when it has ended. */
  readonly stalledMs: number | undefined;
}
