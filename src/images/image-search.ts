import { Minimatch } from 'minimatch';
import type { CatalogImage } from './catalog.ts';

/** `*`, `?` and `[…]` of glob(7) and nothing more; a name that begins with a dot is a name like any other. */
const GLOB = { nobrace: true, noext: true, nonegate: true, nocomment: true, noglobstar: true, dot: true } as const;

/**
 * The images that `search`, a glob wrapped in `*…*`, finds in the image's name or in its whole line `<box>/<image>`.
 * The time it takes grows with the pattern's length, whatever the pattern.
 */
export function searchImages(images: readonly CatalogImage[], search: string): readonly CatalogImage[] {
  const glob = new Minimatch(`*${search}*`, GLOB);
  return images.filter((image) => glob.match(image.image) || glob.match(image.id));
}
