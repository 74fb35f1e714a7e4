import * as vscode from 'vscode';
import type { TreeName } from './inside-node.ts';

/** The scheme of files inside images. */
export const SCHEME = 'mkbox-inside';

/** A file inside an image. */
export interface InsidePath {
  /** The ID of the image, `<box>/<image>`. */
  readonly image: string;
  readonly tree: TreeName;
  /** From the root of the tree, with a slash before it. */
  readonly path: string;
}

/** The URI by which the editor opens a file inside an image; its path is the file's, so that its name gives the language. */
export function uriOf({ image, tree, path }: InsidePath): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, authority: tree, path, query: image });
}

/** The file of a URI by `uriOf`. */
export function insidePathOf({ authority, path, query }: vscode.Uri): InsidePath {
  return { image: query, tree: authority === 'initramfs' ? 'initramfs' : 'files', path };
}
