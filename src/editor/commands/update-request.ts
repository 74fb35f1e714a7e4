import * as vscode from 'vscode';
import type { Board } from '../../boards/board.ts';
import { nextImage } from '../../boards/next-image.ts';
import { isPublishableName } from '../../images/image-name.ts';
import type { ImageParts } from '../../images/image-parts.ts';
import type { Serving } from '../serving/serving.ts';
import { endpointOf } from '../serving-state.ts';
import { plainMessage } from '../words/plain-message.ts';
import { serveToNetworkTitle } from '../words/remedies.ts';
import type { CommandContext, Row } from './command.ts';
import { endpointToAsk } from './endpoint-to-ask.ts';
import { chooseBoard } from './pick-board.ts';
import { partsOf, pickImage } from './pick-image.ts';
import { imageOf } from './rows.ts';

/** The request by which a board gets its image. */
interface UpdateRequest {
  /** The server's. */
  readonly url: string;
  readonly parts: ImageParts;
  /** The board's, where it is known. */
  readonly mac?: string | undefined;
}

/** The request for the row's image, or for the one that the user picks; by the URL that `urlFor` finds. */
export async function requestForImage(
  context: CommandContext,
  row: Row | undefined,
  title: string,
  urlFor = urlForBoards,
): Promise<UpdateRequest | undefined> {
  const { serving, project, checks } = context;
  const url = await urlFor(serving);
  if (url === undefined) return undefined;
  const image = imageOf(row) ?? (await pickImage(context, title));
  return image && { url, parts: partsOf(image, project, checks) };
}

/** The request that the row's board makes, or the one that the user picks; where that can't be told, for an image that the user picks. */
export async function requestOfBoard(
  context: CommandContext,
  row: Row | undefined,
  title: string,
): Promise<UpdateRequest | undefined> {
  const board = await chooseBoard(context, row, title);
  if (board === undefined) return undefined;
  const parts = partsFor(board, context);
  if (parts === undefined) return requestForImage(context, undefined, title);
  const url = await urlForBoards(context.serving);
  return url === undefined ? undefined : { url, parts, mac: board.mac };
}

/** The server's URL, for a request from this machine. Where it does not run, the user may have it start. */
export async function urlForThisMachine(serving: Serving): Promise<string | undefined> {
  return (await endpointToAsk(serving))?.url;
}

/**
 * The server's URL, to be handed to boards. Where only this machine can reach it, which no board could use, the user may
 * have it serve to the network first, or take it as it is; undefined when they want neither.
 */
export async function urlForBoards(serving: Serving): Promise<string | undefined> {
  const { l10n, window, commands } = vscode;
  const endpoint = await endpointToAsk(serving);
  if (endpoint === undefined || endpoint.onNetwork) return endpoint?.url;
  const serve = serveToNetworkTitle(l10n);
  const copy = l10n.t('Copy Anyway');
  const message = l10n.t('mkbox: only this machine can reach {0}; boards on the network cannot.', endpoint.url);
  const answer = await window.showWarningMessage(plainMessage(message), serve, copy);
  if (answer === copy) return endpoint.url;
  if (answer === serve) await commands.executeCommand('mkbox.serveToNetwork');
  const now = endpointOf(serving.state);
  return now?.onNetwork ? now.url : undefined;
}

/** The parts that a board asks by; undefined where neither it nor its image tells. */
export function partsFor(
  board: Board,
  { project, checks }: Pick<CommandContext, 'project' | 'checks'>,
): ImageParts | undefined {
  const { box, board: kind, branch, version } = board.wish;
  const isPlain = [box, kind, branch, version].every((part) => part === undefined || isPlainName(part));
  if (box === undefined || kind === undefined || !isPlain) {
    const image = nextImage(board, project.served.snapshot)?.image;
    return image && partsOf(image, project, checks);
  }
  return { box, board: kind, ...(branch !== undefined && { branch }), ...(version !== undefined && { version }) };
}

/** Anyone can ask by any name: line ends and quotes would be more than a name in what is copied. */
function isPlainName(part: string): boolean {
  return isPublishableName(part) && !part.includes('"');
}
