import type { CatalogImage, CatalogSnapshot } from '../../images/catalog.ts';
import type { Asked } from './asked.ts';

/** Why a board is answered as up to date, whatever it runs. */
export type Withheld =
  /** It is on hold. */
  | 'held'
  /** It flashes the same build again and again. */
  | 'loop stopped'
  /** What it is to get is not there. */
  | 'build missing'
  /** The build is rolled out, and others get it first. */
  | 'not its turn';

/** What the board that asks is to get. */
export type Assigned =
  /** The newest build of what it asks for. */
  | { readonly kind: 'newest' }
  /** This image, whatever it asks for; of a certain `build` if that is given. */
  | { readonly kind: 'instead'; readonly image: CatalogImage; readonly build?: string }
  | { readonly kind: 'withheld'; readonly why: Withheld };

/**
 * What a request is for: a board `asks`; someone `looks` what whoever asked from there would get, which changes nothing; or
 * someone `tries` what a board would get that nobody knows.
 */
export type Purpose = 'asks' | 'looks' | 'tries';

/** A request for an update, and the image that it means. */
export interface AssignRequest {
  /** The client's address. */
  readonly client: string;
  readonly asked: Asked;
  readonly snapshot: CatalogSnapshot;
  /** The image that it asks for, if there is one. */
  readonly found: CatalogImage | undefined;
  /** The newest build of that, as far as it is known. */
  readonly build: string | undefined;
  /** Serving was limited to this client: someone wants it to have its update now. */
  readonly isServedOnce: boolean;
  readonly purpose: Purpose;
}

/** Decides what each board gets. */
export interface Assigner {
  /** Whether every board gets the newest build of what it asks for, but for those that get nothing. */
  readonly isPlain: boolean;
  assign(request: AssignRequest): Assigned;
}

/** Everyone gets the newest. */
export const NEWEST_FOR_ALL: Assigner = { isPlain: true, assign: () => ({ kind: 'newest' }) };
