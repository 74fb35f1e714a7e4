import type { Refusal } from '../server/refusal.ts';
import type { BreakReason } from '../server/transfer.ts';

/** What a board asks for, by the parts it gives. */
export interface Wish {
  readonly box?: string;
  /** The kind of board: `odroid-c4`. */
  readonly board?: string;
  readonly branch?: string;
  readonly version?: string;
  /** Where it names the image itself. */
  readonly image?: string;
}

/** It got the same build several times in a row, and still reports another; also while it downloads that once more. */
export interface Reflashing {
  readonly kind: 'reflashing';
  readonly sinceMs: number;
  readonly build: string;
  readonly times: number;
  readonly reported: string;
}

/** A refusal of which only its text is known, in English: so it was kept once. */
export interface ToldRefusal {
  readonly kind: 'told';
  readonly text: string;
}

/** Where a board stands. Times are milliseconds since 1970, sizes bytes; builds are build IDs. */
export type BoardState =
  /** It asked, and its answer is being looked for. */
  | { readonly kind: 'checking'; readonly sinceMs: number }
  /** It is to get an image, and waits for its turn; where it stands, the running transfer of that ID tells. */
  | { readonly kind: 'waiting'; readonly sinceMs: number; readonly build: string; readonly transferId: number }
  /** Its image is on the way; how far, the running transfer of that ID tells. */
  | { readonly kind: 'downloading'; readonly sinceMs: number; readonly build: string; readonly transferId: number }
  /** It has the image, and writes it to its storage, or starts it. `expectedMs`: how long that took others, if known. */
  | { readonly kind: 'flashing'; readonly sinceMs: number; readonly build: string; readonly expectedMs?: number }
  /** It should have asked again, at `sinceMs` at the latest. */
  | { readonly kind: 'overdue'; readonly sinceMs: number; readonly build: string; readonly expectedMs: number }
  /** It asked again with the build it was given: it runs it. */
  | { readonly kind: 'confirmed'; readonly sinceMs: number; readonly build: string }
  | { readonly kind: 'up to date'; readonly sinceMs: number; readonly build: string }
  /** It was told to be up to date because someone holds it. */
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
  /** It was not heard of for long; `sinceMs` is when it was last. */
  | { readonly kind: 'silent'; readonly sinceMs: number };

/** A build that a board was given, and what came of it. */
export interface GivenBuild {
  readonly build: string;
  /** `<box>/<image>`. */
  readonly image: string;
  /** When it had been sent completely. */
  readonly givenAtMs: number;
  /** When the board asked again with it; absent until then, or for ever. */
  readonly confirmedAtMs?: number;
  /** Complete downloads of it in a row, without its being confirmed in between. */
  readonly times: number;
}

/** A board, as the requests of it tell. A value: it does not change. */
export interface Board {
  /** Stays the same over restarts; nothing else is to be read out of it. */
  readonly id: string;
  /** The address it asked from last. */
  readonly address: string;
  /** Its network hardware address, lower case with colons, where the machine knows it. */
  readonly mac?: string;
  /** What the user calls it. */
  readonly name?: string;
  readonly wish: Wish;
  /** The build that it said it runs when it asked last. */
  readonly reportedBuild?: string;
  /** The image that its last request was resolved to, `<box>/<image>`. */
  readonly image?: string;
  readonly state: BoardState;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly isHeld: boolean;
  /** The builds it was given, newest first. */
  readonly history: readonly GivenBuild[];
}
