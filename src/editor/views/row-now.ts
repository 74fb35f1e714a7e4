import type { CatalogImage, CatalogSnapshot } from '../../images/catalog.ts';
import type { ImagesNode } from './image-rows.ts';

type Of<Kind> = Extract<ImagesNode, { kind: Kind }>;

/** A row with its image as it is now: the editor keeps rows while builds end. One whose image is gone stays as it was. */
export function rowNow<R extends { readonly kind: string } | string | undefined>(row: R, snapshot: CatalogSnapshot): R {
  if (typeof row !== 'object') return row;
  if (isOf('image', row)) {
    const { id, folder } = row.image;
    const isIt = (image: CatalogImage) => image.id === id && image.folder === folder;
    const served = snapshot.byId.get(id);
    const image = served !== undefined && isIt(served) ? served : snapshot.shadowed.find(isIt);
    return image === undefined || image === row.image ? row : { ...row, image };
  }
  if (!isOf('unpacked', row)) return row;
  const before = row.image;
  const image = snapshot.unpacked.find((other) => other.image === before.image && other.folder === before.folder);
  return image === undefined || image === before ? row : { ...row, image };
}

function isOf<Kind extends 'image' | 'unpacked'>(kind: Kind, row: { readonly kind: string }): row is Of<Kind> {
  return row.kind === kind;
}
