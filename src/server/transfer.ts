import type { Resolution } from '../images/resolution.ts';
import type { Asked } from './decision/asked.ts';
import type { Withheld } from './decision/assigned.ts';
import type { Refusal } from './refusal.ts';
import type { Fault } from './sending/fault.ts';
import type { WaitingPlace } from './sending/turns.ts';

/** What a finished request got. `part` is a range that ends before the archive does. */
export type TransferResult =
  | 'image'
  | 'part'
  | 'up to date'
  /** An "up to date" answer, whatever the board runs. */
  | Withheld
  | 'not modified'
  | 'head'
  | 'list'
  | 'identity';

/** Why a transfer ended before its end. */
export type BreakReason =
  | 'client closed'
  | 'client stalled'
  /** All connections were taken, and its client had the most. */
  | 'gave way'
  /** Its client sent more requests without waiting for answers than are taken; see `AskedAhead`. */
  | 'asked ahead'
  /** The server stopped, and its deadline passed. */
  | 'stopped'
  /** The image file changed while it was sent. */
  | 'image changed'
  /** It was found to be invalid while it was sent; `objection` says how. */
  | 'image wrong'
  | 'image unreadable'
  /** A fault on purpose; `fault` says which. */
  | 'fault'
  /** A bug of ours; the event `bug` has its stack. */
  | 'internal error';

/** The state of a request. */
export type TransferState =
  /** `place`: its place in the queue, while it is queued. */
  | { readonly kind: 'running'; readonly place?: WaitingPlace }
  | { readonly kind: 'finished'; readonly result: TransferResult }
  /** The connection was closed by either side before everything was sent. */
  | {
      readonly kind: 'broken';
      readonly reason: BreakReason;
      /** The system's error code, if the image could not be read. */
      readonly code?: string;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** One request from arrival to end: what was asked, the outcome, and how far it is. Read-only for listeners. */
export interface Transfer {
  /** Unique among the transfers of one server; later ones have higher numbers. */
  readonly id: number;
  /** The client's address. */
  readonly client: string;
  readonly method: string;
  /** The request target as it came: path and query, percent-encoded. */
  readonly target: string;
  /** The request's header fields as they came: names and values alternate. */
  readonly headers: readonly string[];
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly asked: Asked;
  /** Undefined until something was looked up, and if nothing ever is. */
  readonly resolution: Resolution | undefined;
  /** The build ID of the image that the request was resolved to. */
  readonly servedBuildId: string | undefined;
  /** Why the image must not be served, if that was found while it was sent. */
  readonly objection: Refusal | undefined;
  /** Whether it got the remembered "up to date" answer, without a look at the disk. */
  readonly isRepeat: boolean;
  /** The HTTP status of the answer; 0 before there is one. */
  readonly status: number;
  /** Body bytes to be sent in all. */
  readonly totalBytes: number;
  /** Body bytes acknowledged by the client, as far as is known. Read it while the transfer runs. */
  readonly sentBytes: number;
  readonly state: TransferState;
  /** Whether it asks as a board does and is none: someone tries what a board would get. */
  readonly isTrial: boolean;
  /** The fault on purpose that it met. */
  readonly fault: Fault | undefined;
  /** Whether the board now has the image it asked for, or was told that it does. */
  readonly completesUpdate: boolean;
  /** Milliseconds from the request's arrival to its end, or until now. */
  readonly durationMs: number;
  /** Milliseconds of `durationMs` in which it was queued. */
  readonly waitedMs: number;
  /** Milliseconds of `durationMs` in which it was not queued. */
  readonly answeringMs: number;
  /** How long the client has acknowledged nothing, in milliseconds; undefined while it does, and when it has ended. */
  readonly stalledMs: number | undefined;
}
