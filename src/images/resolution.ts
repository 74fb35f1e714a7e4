import path from 'node:path';
import { distance } from 'fastest-levenshtein';
import type { CatalogImage, CatalogSnapshot, UnreadableFolder } from './catalog.ts';
import { candidateImages, type ImageQuery } from './image-name.ts';

/** The image of a board's request. */
export interface Resolution {
  /** The image names looked for, in order. */
  readonly tried: readonly string[];
  readonly found?: CatalogImage;
}

/** What is longer than this is no image's name (NAME_MAX is 255), and is compared by its beginning. */
const COMPARED_LENGTH = 200;

/**
 * How much is compared to find the nearest name: pairs of characters, one of each name. It takes about a millisecond, and
 * covers all of some hundred images; of more, those are compared that stand next to the name in order.
 */
const COMPARED_PAIRS = 500_000;

/**
 * The image a query means: its candidates in the folder of the box's name, else in any folder (a folder need not be
 * named like its box). A candidate of which any file exists decides, complete or not: a board must not get another
 * branch's image because its own is being built.
 */
export function resolveQuery(snapshot: CatalogSnapshot, query: ImageQuery): Resolution {
  const tried = candidateImages(query);
  for (const candidate of tried) {
    const found = snapshot.byId.get(`${query.name}/${candidate}`);
    if (found !== undefined) return { tried, found };
  }
  for (const candidate of tried) {
    const [found] = snapshot.byName.get(candidate) ?? [];
    if (found !== undefined) return { tried, found };
  }
  return { tried };
}

/** Where an image is looked for: in the folder `box`, and then, by its parts, in any other. */
export interface Searched {
  readonly box: string | undefined;
  readonly isByParts: boolean;
}

/**
 * The folder that can't be read for now, and would have to be, to know which image is meant: an image folder, unless the
 * image was found below another; the folder that is named; the one of the image that was `found`; or, where an image may
 * lie anywhere and was not found, any.
 */
export function unreadableFolder(
  { unreadable }: CatalogSnapshot,
  { box, isByParts }: Searched,
  found: CatalogImage | undefined,
): UnreadableFolder | undefined {
  return unreadable.find((folder) => {
    if (folder.box !== undefined && folder.box === box) return true;
    if (found === undefined) return folder.box === undefined || isByParts;
    return found.folder === folder.real || path.dirname(found.folder) === folder.real;
  });
}

/**
 * The servable image whose name is most similar to one of `names` in the folder `box`, for a person who may have
 * mistyped. Undefined if there is none.
 */
export function nearestImage({ images }: CatalogSnapshot, box: string, names: readonly string[]): string | undefined {
  let nearest: { readonly image: string; readonly differences: number } | undefined;
  for (const name of names) {
    const compared = name.slice(0, COMPARED_LENGTH);
    let pairs = COMPARED_PAIRS / names.length;
    for (const { image, state } of outwards(images, `${box}/${name}`)) {
      if (state.kind !== 'ready') continue;
      const differences = distance(compared, image);
      const isNearer = (than: typeof nearest) =>
        than === undefined ||
        differences < than.differences ||
        (differences === than.differences && image < than.image);
      if (isNearer(nearest)) nearest = { image, differences };
      pairs -= compared.length * image.length;
      if (pairs <= 0) break;
    }
  }
  return nearest?.image;
}

/** The images outwards from the place of `id`, to both ends of the list. */
function* outwards(images: readonly CatalogImage[], id: string): Generator<CatalogImage> {
  let after = placeOf(images, id);
  let before = after - 1;
  while (before >= 0 || after < images.length) {
    const [next, previous] = [images[after++], images[before--]];
    if (next !== undefined) yield next;
    if (previous !== undefined) yield previous;
  }
}

/** The number of images, which are sorted, before `id`. */
function placeOf(images: readonly CatalogImage[], id: string): number {
  let [low, high] = [0, images.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((images[middle]?.id ?? '') < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
