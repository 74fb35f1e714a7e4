import type { CatalogBox } from '../../images/catalog.ts';

/** An image that was not built yet, but can be. */
export interface PossibleImage {
  readonly folder: string;
  /** Without `.img`. */
  readonly image: string;
  readonly board: string;
}

/** A row about what a box consists of. */
export interface PartNode {
  readonly kind: 'part';
  /** Unique in the view. */
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly icon: string;
  /** What a click opens. */
  readonly file?: string;
  readonly children: readonly PartNode[];
}

/** A row of the view of images that is about building. */
export type BuildNode =
  | { readonly kind: 'possible'; readonly image: PossibleImage }
  /** What a box consists of. */
  | { readonly kind: 'recipe'; readonly box: CatalogBox }
  | PartNode;

/** What building adds to the row of an image. */
export interface RowNote {
  readonly look: 'building' | 'stale';
  /** Behind the image's name. */
  readonly text: string;
  /** In the row's tooltip, and for screen readers. */
  readonly state: string;
}
