import * as vscode from 'vscode';
import type { KeptBuild } from '../../builds/kept-build.ts';
import { unlessBug } from '../../errors.ts';
import type { CatalogImage, UnpackedImage } from '../../images/catalog.ts';
import { rawSize } from '../../images/raw-size.ts';
import { treesOf } from '../inside/inside-node.ts';
import type { Boards } from '../serving/boards.ts';
import { actDetails } from '../words/act-words.ts';
import { askerName } from '../words/board-name.ts';
import type { Detail } from '../words/detail.ts';
import { imageDetails, type LastServed, unpackedDetails } from '../words/image-details.ts';
import type { JudgedImage } from '../words/image-health.ts';
import { momentText } from '../words/words.ts';
import type { ImagesNode } from './image-rows.ts';
import type { RequestLog } from './request-log.ts';

/** The most acts that are shown of an image. */
const SHOWN_ACTS = 5;

/** What is known of an image beside what is to be seen of it. */
export interface ImageHistory {
  readonly requests: RequestLog;
  readonly boards: Boards;
  /** The builds before this one, which are kept. */
  readonly before: readonly KeptBuild[];
}

/** What stands below the row of an image: details, what was done to it, what is inside, and the builds before. */
export async function imageChildren(
  judged: JudgedImage,
  { requests, boards, before }: ImageHistory,
): Promise<ImagesNode[]> {
  const { l10n, env } = vscode;
  const { image } = judged;
  const [{ audit }, rawBytes] = await Promise.all([boards.openAll(), rawBytesOf(judged)]);
  const details = [
    ...imageDetails(judged, rawBytes, lastServedOf(image, { requests, boards }), l10n, env.language),
    ...actDetails(audit.about({ image: image.id }, SHOWN_ACTS), l10n, env.language),
  ];
  return [
    ...detailNodes(image, details),
    ...(image.state.kind === 'ready' ? treesOf(image) : []),
    ...(before.length === 0 ? [] : [{ kind: 'earlier', image, builds: before } as const]),
  ];
}

/** The board that was served an image last, by the requests that are listed. */
export function lastServedOf(
  { id }: CatalogImage,
  { requests, boards }: Pick<ImageHistory, 'requests' | 'boards'>,
): LastServed | undefined {
  const transfer = requests.lastServed(id);
  if (transfer === undefined) return undefined;
  const when = momentText(transfer.startedAtMs, Date.now(), vscode.env.language);
  return { board: askerName(boards, transfer), when };
}

/** What stands below the row of a raw image alone. */
export function unpackedChildren(image: UnpackedImage): ImagesNode[] {
  const details = unpackedDetails(image, vscode.l10n, vscode.env.language);
  return detailNodes(image, details);
}

function detailNodes(of: CatalogImage | UnpackedImage, details: readonly Detail[]): ImagesNode[] {
  return details.map((detail, index) => ({ kind: 'detail', of, index, detail }));
}

/** The size of an image before compression, if that can be found quickly. */
async function rawBytesOf({ image, check }: JudgedImage): Promise<number | undefined> {
  const content = check?.examination.content;
  if (content?.kind === 'sound') return content.rawBytes;
  return rawSize(image).catch(unlessBug);
}
