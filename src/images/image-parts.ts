import { candidateImages } from './image-name.ts';

/** An image's name taken apart, as far as that can be told from outside. */
export interface ImageParts {
  readonly box: string;
  readonly board: string;
  readonly branch?: string;
  readonly version?: string;
}

/** A version as people write them; branches seldom look like this. */
const VERSION = /^v?\d+(\.[\w]+)*$/;

/**
 * Takes `image` apart with the boards that the workspace knows: a name can't be split by its dashes alone. Of several
 * boards that fit, the one behind the folder's name wins, then the longest. Undefined where none fits.
 */
export function splitImageName(image: string, folder: string, boards: readonly string[]): ImageParts | undefined {
  const fits = boards.flatMap((board) => splitAtBoard(image, board));
  const better = (a: ImageParts, b: ImageParts) =>
    Number(b.box === folder) - Number(a.box === folder) || b.board.length - a.board.length;
  return fits.sort(better)[0];
}

/**
 * Takes `image` apart where it is known for which box and board it was built: the name decides, `inside` (branch and
 * version, as the image says) only where the one ends and the other begins. Undefined where it is named for another one.
 */
export function splitKnownName(image: string, inside: ImageParts): ImageParts | undefined {
  const { box, board } = inside;
  if (image === nameOf(inside)) return inside;
  const known = nameOf({ box, board });
  if (image === known) return { box, board };
  return image.startsWith(`${known}-`) ? splitRest({ box, board }, image.slice(known.length + 1)) : undefined;
}

/**
 * The name of the image that a board asks for when it runs `image`, which says `inside` of itself; undefined where that is
 * `image`, or may be.
 */
export function otherNameInside(image: string, inside: ImageParts): string | undefined {
  const { box: name, ...rest } = inside;
  return candidateImages({ name, ...rest }).includes(image) ? undefined : nameOf(inside);
}

function nameOf({ box, board, branch, version }: ImageParts): string {
  return [box, board, branch, version].filter((part) => part !== undefined).join('-');
}

function splitAtBoard(image: string, board: string): ImageParts[] {
  const at = `${image}-`.indexOf(`-${board}-`, 1);
  if (at === -1) return [];
  const rest = image.slice(at + board.length + 2);
  const parts = { box: image.slice(0, at), board };
  return [rest === '' ? parts : splitRest(parts, rest)];
}

/** Tells branch and version apart in what stands behind the board. */
function splitRest(parts: ImageParts, rest: string): ImageParts {
  const dash = rest.lastIndexOf('-');
  const last = rest.slice(dash + 1);
  if (!VERSION.test(last)) return { ...parts, branch: rest };
  return dash === -1 ? { ...parts, version: last } : { ...parts, branch: rest.slice(0, dash), version: last };
}
