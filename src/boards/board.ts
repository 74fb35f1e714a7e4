import type { Refusal } from '../server/refusal.ts';
import type { BreakReason } from '../server/transfer.ts';

/** What a board asks for, by the parts it gives. */
export interface Wish {
  readonly box?: string;
  /** The kind of board: `odroid-c4`. */
  readonly board?: string;
  readonly branch?: string;
  readonly version?: string;
  /** If it names the image itself. */
  readonly image?: string;
}

/** It got the same build several times in a row and still reports another; also while it downloads that again. */
export interface Reflashing {
  readonly kind: 'reflashing';
  readonly sinceMs: number;
  readonly build: string;
  readonly times: number;
  readonly reported: string;
}

/** A refusal that was stored as its English text by an older version. */
export interface ToldRefusal {
  readonly kind: 'told';
  readonly text: string;
}

/** The state of a board. Times are milliseconds since 1970, sizes bytes; builds are build IDs. */
export type BoardState =
  /** It asked, and its answer is being decided. */
  | { readonly kind: 'checking'; readonly sinceMs: number }
  /** It is queued for an image; the running transfer of that ID has its place. */
  | { readonly kind: 'waiting'; readonly sinceMs: number; readonly build: string; readonly transferId: number }
  /** It is downloading; the running transfer of that ID has the progress. */
  | { readonly kind: 'downloading'; readonly sinceMs: number; readonly build: string; readonly transferId: number }
  /** It has the image, and flashes or boots it. `expectedMs`: how long that took others, if known. */
  | { readonly kind: 'flashing'; readonly sinceMs: number; readonly build: string; readonly expectedMs?: number }
  /** It should have asked again, by `sinceMs`. */
  | { readonly kind: 'overdue'; readonly sinceMs: number; readonly build: string; readonly expectedMs: number }
  /** It asked again, reporting the build it was given. */
  | { readonly kind: 'confirmed'; readonly sinceMs: number; readonly build: string }
  | { readonly kind: 'up to date'; readonly sinceMs: number; readonly build: string }
  /** It was answered as up to date because it is on hold. */
  | { readonly kind: 'held'; readonly sinceMs: number }
  | {
      readonly kind: 'refused';
      readonly sinceMs: number;
      readonly status: number;
      readonly refusal: Refusal | ToldRefusal;
    }
  | {
      readonly kind: 'broken off';
      readonly sinceMs: number;
      readonly atByte: number;
      readonly ofBytes: number;
      readonly reason: BreakReason;
    }
  | Reflashing
  /** It has not been heard of for long; `sinceMs` is when it last was. */
  | { readonly kind: 'silent'; readonly sinceMs: number };

/** A build that a board was given, and what came of it. */
export interface GivenBuild {
  readonly build: string;
  /** `<box>/<image>`. */
  readonly image: string;
  /** When it had been sent completely. */
  readonly givenAtMs: number;
  /** When the board reported it; absent until then, or for ever. */
  readonly confirmedAtMs?: number;
  /** Complete downloads of it in a row, without a confirmation in between. */
  readonly times: number;
}

/** A board, as its requests show it. A value: it does not change. */
export interface Board {
  /** Stays the same over restarts; it has no other meaning. */
  readonly id: string;
  /** The address it asked from last. */
  readonly address: string;
  /** Its network hardware address, lower case with colons, where the machine knows it. */
  readonly mac?: string;
  /** What the user calls it. */
  readonly name?: string;
  readonly wish: Wish;
  /** The build that it last reported. */
  readonly reportedBuild?: string;
  /** The image of its last request, `<box>/<image>`. */
  readonly image?: string;
  readonly state: BoardState;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly isHeld: boolean;
  /** The builds it was given, newest first. */
  readonly history: readonly GivenBuild[];
}
