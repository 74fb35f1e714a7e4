import type { Inventory } from '../../contents/inventory.ts';
import { compareInventories, type Difference } from '../../contents/inventory-difference.ts';
import { shortBuildId } from '../../images/build-id.ts';
import type { CatalogImage } from '../../images/catalog.ts';

/** Where a build is known from: the image that has it, or its kept inventory. */
export type Source =
  | { readonly kind: 'image'; readonly image: CatalogImage }
  | { readonly kind: 'kept'; readonly buildId: string };

/** One of two builds. */
export interface Side {
  readonly source: Source;
  readonly buildId: string;
  readonly inventory: Inventory;
}

/** Two builds, and what differs. */
export interface Comparison {
  readonly before: Side;
  readonly after: Side;
  readonly difference: Difference;
}

export function compareSides(before: Side, after: Side): Comparison {
  return { before, after, difference: compareInventories(before.inventory, after.inventory) };
}

/** `docker-box-odroid-c4-main 1a2b3c4 → d66ce5c`, with the name of each if they have two. */
export function comparisonText({ before, after }: Pick<Comparison, 'before' | 'after'>): string {
  const isSame = before.inventory.image === after.inventory.image;
  const later = isSame ? '' : `${after.inventory.image} `;
  return `${before.inventory.image} ${shortBuildId(before.buildId)} → ${later}${shortBuildId(after.buildId)}`;
}
