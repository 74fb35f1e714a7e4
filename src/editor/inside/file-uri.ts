import * as vscode from 'vscode';
import type { TreeName } from './inside-node.ts';

/** The scheme of files inside images. */
export const SCHEME = 'mkbox-inside';

/** A file inside an image. */
export interface InsidePath {
  /** The ID of the image, `<box>/<image>`. */
  readonly image: string;
  /** The ID of its build; the image's present build where there is none. */
  readonly build?: string;
  readonly tree: TreeName;
  /** From the root of the tree, with a slash before it. */
  readonly path: string;
}

/** What stands behind the image's ID where a URI is of one build of it. */
const OF_BUILD = /@([0-9a-fA-F]{64})$/;

/** The URI by which the editor opens a file inside an image; its path is the file's, so that its name gives the language. */
export function uriOf({ image, build, tree, path }: InsidePath): vscode.Uri {
  const query = build === undefined ? image : `${image}@${build}`;
  return vscode.Uri.from({ scheme: SCHEME, authority: tree, path, query });
}

/** The file of a URI by `uriOf`. */
export function insidePathOf({ authority, path, query }: vscode.Uri): InsidePath {
  const [, build] = OF_BUILD.exec(query) ?? [];
  const tree = authority === 'initramfs' ? 'initramfs' : 'files';
  return { image: query.replace(OF_BUILD, ''), ...(build !== undefined && { build }), tree, path };
}
