import { type Examination, insideOf } from '../../checks/examination.ts';
import type { BoardConf } from '../../contents/board-conf.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import { type ImageParts, splitImageName, splitKnownName } from '../../images/image-parts.ts';

/** What the image tells the board that runs it, if known. */
export function boardConfOf(examination: Examination | undefined): BoardConf | undefined {
  return examination && insideOf(examination)?.boardConf;
}

/** The parts that the image names inside, if known. */
export function partsInside(examination: Examination | undefined): ImageParts | undefined {
  const { box, board, branch, version } = boardConfOf(examination) ?? {};
  if (box === undefined || board === undefined) return undefined;
  return { box, board, ...(branch !== undefined && { branch }), ...(version !== undefined && { version }) };
}

/**
 * The parts by which a board gets `image`: its file's name decides. It is taken apart by what the image says of itself,
 * once that is known; until then, with the boards of the workspace.
 */
export function knownParts(
  image: CatalogImage,
  examination: Examination | undefined,
  boards: readonly string[],
): ImageParts | undefined {
  const inside = partsInside(examination);
  return (inside && splitKnownName(image.image, inside)) ?? splitImageName(image.image, image.box, boards);
}
