import type { CatalogImage, CatalogSnapshot } from '../images/catalog.ts';
import { buildIdOf } from '../images/image-state.ts';
import { resolveQuery } from '../images/resolution.ts';
import { imageQuery } from '../server/decision/asked.ts';
import type { Board, BoardState } from './board.ts';
import { pendingOnce } from './pending-once.ts';

/** What a board gets if it asks the same again. */
export interface NextImage {
  readonly image: CatalogImage;
  /** Undefined while it can't be served; the build that the board is pinned to, be it there or not. */
  readonly build: string | undefined;
  /** Whether that build differs from the one it reports; false if either is unknown. */
  readonly isOther: boolean;
}

/** What `board` gets if it asks the same again, unless that is withheld; undefined for nothing. */
export function nextImage(board: Board, snapshot: CatalogSnapshot): NextImage | undefined {
  const { wish, reportedBuild } = board;
  const given = pendingOnce(board)?.image;
  const pin = given === undefined ? board.pin : undefined;
  const id = given ?? pin?.image;
  const image = id === undefined ? imageFor(wish, snapshot) : snapshot.byId.get(id);
  if (image === undefined) return undefined;
  const build = pin?.build ?? buildIdOf(image);
  const isOther = build !== undefined && reportedBuild !== undefined && build !== reportedBuild;
  return { image, build, isOther };
}

/** Whether `board` would now get a build that differs from the one it reports, and is not on its way to that. */
export function isBehind(board: Board, snapshot: CatalogSnapshot): boolean {
  return !isOnItsWay(board.state) && (nextImage(board, snapshot)?.isOther ?? false);
}

/** Whether a board is on its way to the build that is served: what it still runs needs no saying. */
export function isOnItsWay({ kind }: Pick<BoardState, 'kind'>): boolean {
  return kind === 'checking' || kind === 'waiting' || kind === 'downloading' || kind === 'flashing';
}

/** The image that a board asks for. */
export function imageFor(wish: Board['wish'], snapshot: CatalogSnapshot): CatalogImage | undefined {
  const { box, image } = wish;
  if (image !== undefined) return snapshot.byId.get(`${box}/${image}`);
  const query = imageQuery({ kind: 'update', ...wish });
  return query && resolveQuery(snapshot, query).found;
}
