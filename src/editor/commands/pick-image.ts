import * as vscode from 'vscode';
import type { ImageChecks } from '../../checks/image-checks.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import type { ImageParts } from '../../images/image-parts.ts';
import { checkOf } from '../words/image-health.ts';
import { noneReadyText } from '../words/image-words.ts';
import { knownParts } from '../words/known-parts.ts';
import { bytesText } from '../words/words.ts';
import type { Project } from '../workspace/project.ts';
import type { CommandContext } from './command.ts';
import { pick, selectedFirst } from './pick.ts';

/** What images are picked from, and where one may be selected. */
type Picking = Pick<CommandContext, 'project' | 'checks' | 'imagesView'>;

/** Lets the user pick an image that boards can get; undefined when they don't, or when there is none. */
export function pickImage(context: Picking, title: string): Promise<CatalogImage | undefined> {
  const { project, checks } = context;
  const servable = project.served.snapshot.images.filter((image) => checks.isServable(image));
  return pickOf(servable, context, title);
}

/** Lets the user pick an image that is complete, whether boards can get it or not. */
export function pickReadyImage(context: Picking, title: string): Promise<CatalogImage | undefined> {
  return pickOf(context.project.snapshot.images.filter(isReady), context, title);
}

/** Whether all files of an image are there. */
export function isReady({ state }: CatalogImage): boolean {
  return state.kind === 'ready';
}

/** An image in a list to pick from. */
export function imagePickItem({ image, box, state }: CatalogImage): vscode.QuickPickItem {
  const detail = state.kind === 'ready' ? bytesText(state.zstBytes, vscode.env.language) : '';
  return { label: image, description: box, detail };
}

async function pickOf(
  images: readonly CatalogImage[],
  { imagesView }: Picking,
  title: string,
): Promise<CatalogImage | undefined> {
  const { l10n } = vscode;
  const { selected } = await imagesView;
  return pick(
    selectedFirst(images, ({ id }) => id === selected),
    imagePickItem,
    { title, placeHolder: l10n.t('The image'), none: noneReadyText(l10n) },
  );
}

/**
 * The parts by which a board asks for `image`. Where neither the image nor its name tells them, the folder's name is
 * taken for the box, and what follows for the board.
 */
export function partsOf(image: CatalogImage, project: Project, checks: ImageChecks): ImageParts {
  const check = checkOf(image, checks);
  const parts = knownParts(image, check?.examination, project.boards);
  if (parts !== undefined) return parts;
  const { box } = image;
  const named = image.image.startsWith(`${box}-`) ? image.image.slice(box.length + 1) : image.image;
  return { box, board: named };
}
