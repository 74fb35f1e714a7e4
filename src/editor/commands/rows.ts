import type { LoggedRequest } from '../../boards/logged-request.ts';
import type { CatalogImage, UnpackedImage } from '../../images/catalog.ts';
import type { TreeName } from '../inside/inside-node.ts';
import type { Row } from './command.ts';

/** What a command is called on, if that is a row: by a key, or by another extension, it may be anything. */
export function rowOf(argument: unknown): Row | undefined {
  if (argument === 'selection') return argument;
  // a link in a tooltip names no more of a row than the detail that it copies
  const isRow = typeof argument === 'object' && argument !== null && ('kind' in argument || 'detail' in argument);
  return isRow ? (argument as Row) : undefined;
}

/** The image of a row; undefined where the row is none of an image that can be served. */
export function imageOf(row: Row | undefined): CatalogImage | undefined {
  return typeof row === 'object' && row.kind === 'image' ? row.image : undefined;
}

/** The image of a row, packed or not. */
export function packableOf(row: Row | undefined): CatalogImage | UnpackedImage | undefined {
  return typeof row === 'object' && row.kind === 'unpacked' ? row.image : imageOf(row);
}

/** The request of a row, if it is one. */
export function requestOf(row: Row | undefined): LoggedRequest | undefined {
  return typeof row === 'object' && row.kind === 'request' ? row.transfer : undefined;
}

/** A file or a folder in a tree of an image. */
export interface InsidePlace {
  readonly image: CatalogImage;
  readonly tree: TreeName;
  /** From the root of the tree, with a slash before it. */
  readonly path: string;
}

/** What a row inside an image stands for; undefined where the row is none of a file or a folder. */
export function insideOf(row: Row | undefined): InsidePlace | undefined {
  if (typeof row !== 'object') return undefined;
  if (row.kind === 'tree') return { image: row.image, tree: row.tree, path: '/' };
  return row.kind === 'file' ? { image: row.image, tree: row.tree, path: row.path } : undefined;
}
