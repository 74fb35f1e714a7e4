import type { SetLocation } from '../images/image-set.ts';

/** What the thread that takes an inventory is given as its `workerData`. */
export interface InventoryTask extends SetLocation {
  readonly buildId: string;
  /** Of the raw image. */
  readonly rawBytes: number;
}

/** What it reports, once. */
export type InventoryReport =
  /** The content of a file that keeps it. */
  | { readonly kind: 'taken'; readonly content: Uint8Array }
  /** Why there is none, in a clause of English. */
  | { readonly kind: 'none'; readonly reason: string };
