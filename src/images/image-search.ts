import { Minimatch } from 'minimatch';
import type { CatalogImage } from './catalog.ts';

/** `*`, `?` and `[…]` of glob(7) and nothing more; a name that begins with a dot is a name like any other. */
const GLOB = { nobrace: true, noext: true, nonegate: true, nocomment: true, noglobstar: true, dot: true } as const;

/** Longer than any name; to compile a glob of open brackets takes time that grows with the cube of their number. */
const LONGEST_SEARCH = 255;

/**
 * The images that `search`, a glob wrapped in `*…*`, finds in the image's name or in its whole line `<box>/<image>`.
 * One longer than any name finds nothing.
 */
export function searchImages(images: readonly CatalogImage[], search: string): readonly CatalogImage[] {
  if (search.length > LONGEST_SEARCH) return [];
  const glob = new Minimatch(`*${search}*`, GLOB);
  return images.filter((image) => glob.match(image.image) || glob.match(image.id));
}
