import type { CatalogImage, CatalogSnapshot } from '../images/catalog.ts';
import { splitImageName } from '../images/image-parts.ts';
import type { Board, Pin } from './board.ts';

/** What boards can be pinned to. */
export interface PinTarget extends Pick<Pin, 'image' | 'box' | 'build'> {
  /** The build of the image that is served, which need not be the one that it is pinned to. */
  readonly newest: string;
}

/**
 * What all of `boards` can be pinned to: each image for their kind of board, and each of its builds, of which `keptOf` knows
 * those that are kept. An image for another kind is none: a board that got it would not boot. Their own images come first.
 */
export function pinTargets(
  boards: readonly Board[],
  { images, byId }: CatalogSnapshot,
  keptOf: (imageId: string) => readonly string[],
): readonly PinTarget[] {
  const own = new Set(boards.map(({ image }) => image));
  const targets = images.flatMap((image) => {
    const pins = boards.map((board) => pinFor(board, image));
    const [first] = pins;
    return first !== undefined && !pins.includes(undefined) ? [first] : [];
  });
  const sorted = targets.toSorted((a, b) => Number(own.has(b.image)) - Number(own.has(a.image)));
  return sorted.flatMap((target) => {
    const builds = [...new Set([target.newest, ...newestOf(target, byId), ...keptOf(target.image)])];
    return [target, ...builds.map((build) => ({ ...target, build }))];
  });
}

/** The build that an earlier one is served in place of, so that it can be tried on a board before it is kept. */
function newestOf({ image }: PinTarget, byId: CatalogSnapshot['byId']): readonly string[] {
  const state = byId.get(image)?.inPlaceOf?.newest.state;
  return state?.kind === 'ready' ? [state.buildId] : [];
}

/** What pins `board` to an image; undefined where the image is for another kind of board, or not whole. */
function pinFor({ wish, image: own }: Board, { id, image, box: folder, state }: CatalogImage): PinTarget | undefined {
  if (state.kind !== 'ready') return undefined;
  const target = { image: id, newest: state.buildId };
  if (id === own) return wish.box === undefined ? target : { ...target, box: wish.box };
  const parts = wish.board === undefined ? undefined : splitImageName(image, folder, [wish.board]);
  return parts === undefined ? undefined : { ...target, box: parts.box };
}
