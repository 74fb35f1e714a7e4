import type { KeptBuild } from '../../builds/kept-build.ts';
import type { CatalogImage } from '../../images/catalog.ts';

/** A row of the builds of an image that are kept. */
export type EarlierNode =
  | { readonly kind: 'earlier'; readonly image: CatalogImage; readonly builds: readonly KeptBuild[] }
  | { readonly kind: 'build'; readonly build: KeptBuild };
