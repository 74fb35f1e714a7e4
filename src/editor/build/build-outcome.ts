import type { BuildRefusal } from '../../boxbuild/build-refusal.ts';
import type { CatalogImage } from '../../images/catalog.ts';

/** What came of a build. */
export type BuildOutcome =
  /** The set is whole, and is a new one. `image` is undefined where it lies outside of the image folders. */
  | { readonly kind: 'built'; readonly image: CatalogImage | undefined; readonly tookMs: number }
  /** `status`: the exit status of mkbox, or of what runs it; 0 where it ended well and left no new set. */
  | { readonly kind: 'failed'; readonly status: number }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'refused'; readonly reason: BuildRefusal };
