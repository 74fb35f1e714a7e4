import type { TreeFile } from '../../contents/file-tree.ts';
import type { InstalledPackage } from '../../contents/packages.ts';
import type { CatalogImage } from '../../images/catalog.ts';

/** The command that rereads what could not be read, by its ID. */
export const RETRY_COMMAND = 'mkbox.retryInside';

/** The trees of an image: what the board that runs it sees, and what it boots with. */
export type TreeName = 'files' | 'initramfs';

/** A row of what is inside an image. */
export type InsideNode =
  /** The packages that are installed in it. */
  | { readonly kind: 'packages'; readonly image: CatalogImage }
  | { readonly kind: 'package'; readonly image: CatalogImage; readonly installed: InstalledPackage }
  /** A tree of its files. */
  | { readonly kind: 'tree'; readonly image: CatalogImage; readonly tree: TreeName }
  | {
      readonly kind: 'file';
      readonly image: CatalogImage;
      readonly tree: TreeName;
      readonly path: string;
      readonly file: TreeFile;
    }
  /** Why a folder, or a file in it, can't be shown. */
  | {
      readonly kind: 'unreadable';
      readonly id: string;
      readonly name: string;
      readonly reason: string;
      /** What a click rereads, where that may help. */
      readonly retry?: string;
    };

/** The rows of the trees of an image. */
export function treesOf(image: CatalogImage): InsideNode[] {
  return [
    { kind: 'packages', image },
    { kind: 'tree', image, tree: 'files' },
    { kind: 'tree', image, tree: 'initramfs' },
  ];
}

/** Unique in the view. */
export function idOf({ folder, image }: CatalogImage, tree: TreeName, path: string): string {
  return `${folder}/${image}\0${tree}${path}`;
}

/** Differs between two builds of an image, and between two copies of one. */
export function buildOf({ state }: CatalogImage): string {
  return state.kind === 'ready' ? `${state.buildId} ${state.zstIdentity.ino} ${state.zstIdentity.ctimeNs}` : '';
}
