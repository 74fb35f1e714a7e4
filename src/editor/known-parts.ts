import type { Examination } from '../checks/examination.ts';
import type { BoardConf } from '../contents/board-conf.ts';
import type { CatalogImage } from '../images/catalog.ts';
import { type ImageParts, splitImageName } from '../images/image-parts.ts';

/** What the image tells the board that runs it, where that is known. */
export function boardConfOf(examination: Examination | undefined): BoardConf | undefined {
  return examination?.content.kind === 'sound' ? examination.content.inside?.boardConf : undefined;
}

/**
 * The parts that a board running `image` asks by: as its own board.conf has them, once that is known; until then as its
 * name can be taken apart with the boards of the workspace.
 */
export function knownParts(
  image: CatalogImage,
  examination: Examination | undefined,
  boards: readonly string[],
): ImageParts | undefined {
  const { box, board, branch, version } = boardConfOf(examination) ?? {};
  if (box === undefined || board === undefined) return splitImageName(image.image, image.box, boards);
  return { box, board, ...(branch !== undefined && { branch }), ...(version !== undefined && { version }) };
}
