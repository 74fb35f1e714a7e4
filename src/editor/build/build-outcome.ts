import type { CatalogImage } from '../../images/catalog.ts';

/** What came of a build. */
export type BuildOutcome =
  /** The set is whole, and is a new one. `image` is undefined where it lies outside of the image folders. */
  | { readonly kind: 'built'; readonly image: CatalogImage | undefined; readonly tookMs: number }
  /** `status`: the exit status of mkbox, or of what runs it; 0 where it ended well and left no new set. */
  | { readonly kind: 'failed'; readonly status: number }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'refused'; readonly reason: BuildRefusal };

/** Why a build was not begun. */
export type BuildRefusal =
  | { readonly kind: 'not trusted' }
  | { readonly kind: 'no BOXBUILD'; readonly path: string }
  | { readonly kind: 'no mkbox'; readonly searched: readonly string[] }
  | { readonly kind: 'building already'; readonly image: string }
  /** A branch or a version that can't be part of an image's name. */
  | { readonly kind: 'bad name'; readonly part: string };
