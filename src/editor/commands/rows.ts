import type { CatalogImage, UnpackedImage } from '../../images/catalog.ts';
import type { Row } from './command.ts';

/** The image of a row; undefined where the row is none of an image that can be served. */
export function imageOf(row: Row | undefined): CatalogImage | undefined {
  return typeof row === 'object' && row.kind === 'image' ? row.image : undefined;
}

/** The image of a row, packed or not. */
export function packableOf(row: Row | undefined): CatalogImage | UnpackedImage | undefined {
  return typeof row === 'object' && row.kind === 'unpacked' ? row.image : imageOf(row);
}
