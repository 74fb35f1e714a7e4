import type { CatalogImage } from './catalog.ts';
import { Glob } from './glob.ts';

/** Longer than any name. */
const LONGEST_SEARCH = 255;

/**
 * The images in whose line `<box>/<image>` `search` is found, a glob that may begin and end anywhere: what is found in an
 * image's name is found in its line. One longer than any name finds nothing.
 */
export function searchImages(images: readonly CatalogImage[], search: string): readonly CatalogImage[] {
  if (search.length > LONGEST_SEARCH) return [];
  const glob = new Glob(search);
  return images.filter((image) => glob.isIn(image.id));
}
