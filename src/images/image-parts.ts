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

function splitAtBoard(image: string, board: string): ImageParts[] {
  const at = `${image}-`.indexOf(`-${board}-`, 1);
  if (at === -1) return [];
  const rest = image.slice(at + board.length + 2);
  const parts = { box: image.slice(0, at), board };
  if (rest === '') return [parts];
  const dash = rest.lastIndexOf('-');
  const last = rest.slice(dash + 1);
  if (!VERSION.test(last)) return [{ ...parts, branch: rest }];
  return [dash === -1 ? { ...parts, version: last } : { ...parts, branch: rest.slice(0, dash), version: last }];
}
