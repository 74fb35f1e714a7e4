import { closest, distance } from 'fastest-levenshtein';
import type { CatalogImage, CatalogSnapshot } from './catalog.ts';
import { candidateImages, type ImageQuery } from './image-name.ts';

/** What a board's request came down to. */
export interface Resolution {
  /** The image names looked for, in order. */
  readonly tried: readonly string[];
  readonly found?: CatalogImage;
}

/** A name longer than this is no typing error of an image's name, and not worth comparing with all of them. */
const COMPARABLE_LENGTH = 200;

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

/**
 * The image, of those that can be handed out, whose name is most like one of `names`: to tell a person who may have
 * mistyped. Undefined where there is none.
 */
export function nearestImage({ images }: CatalogSnapshot, names: readonly string[]): string | undefined {
  const ready = images.filter((image) => image.state.kind === 'ready').map((image) => image.image);
  const comparable = names.filter((name) => name.length <= COMPARABLE_LENGTH);
  if (ready.length === 0) return undefined;
  const candidates = comparable.map((name) => {
    const near = closest(name, ready);
    return { near, differences: distance(name, near) };
  });
  return candidates.sort((a, b) => a.differences - b.differences)[0]?.near;
}
