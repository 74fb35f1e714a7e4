import type { Withheld } from '../server/decision/assigned.ts';
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

/** What someone decided about a board or an image: who, when, and why if they said so. */
export interface Act {
  readonly by: string;
  readonly atMs: number;
  readonly why?: string;
}

/** What a board gets whatever it asks for: the newest build of an image, or a certain one. */
export interface Pin extends Act {
  /** `<box>/<image>`. */
  readonly image: string;
  /** The box by which a board asks that runs this image, where its name tells. */
  readonly box?: string;
  readonly build?: string;
}

/** One update that someone wants a board to get, whatever else would keep it back. */
export interface ServeOnce extends Act {
  /** `<box>/<image>`: what it gets, whatever it asks for; without it, what it asks for. */
  readonly image?: string;
  /** As of a `Pin`. */
  readonly box?: string;
  /** It has it. Kept until it asks again: it may do so by the other box. */
  readonly isDone?: true;
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
  /** It was answered as up to date for another reason, whatever it runs. */
  | { readonly kind: 'withheld'; readonly sinceMs: number; readonly why: Exclude<Withheld, 'held'> }
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
  /** What the board reported when it asked for it last. */
  readonly reported?: string;
  /**
   * The last of these downloads that one board can have made: it reported the same build at each, and had the time to
   * flash it in between. Counted anew when someone releases the board.
   */
  readonly loops?: number;
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
  /** Who holds it, where that is known. */
  readonly held?: Act;
  readonly pin?: Pin;
  readonly once?: ServeOnce;
  /** Names of the groups that it belongs to, sorted. */
  readonly tags?: readonly string[];
  /** Several boards are behind its address, which can't be told apart: two downloads of one build completed side by side. */
  readonly isShared?: true;
  /** The builds it was given, newest first. */
  readonly history: readonly GivenBuild[];
}
