import { posix } from 'node:path';
import type { FileTree, TreeFile } from '../../contents/file-tree.ts';
import { Slices } from '../../contents/slices.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import { buildOf, idOf, type TreeName } from './inside-node.ts';
import type { Look } from './inside-rows.ts';
import { KeptByBuild } from './kept-by-build.ts';

/** Images that someone looks for files in by turns; a list has some thousand paths. */
const MOST_KEPT = 4;

/** A file in a tree of an image. */
export interface ListedFile {
  /** From the root of the tree, with a slash before it. */
  readonly path: string;
  readonly file: TreeFile;
}

/** All files of images, to look for some by name. A list is made once for each build. */
export class PathLists {
  readonly #look: Look;
  readonly #kept = new KeptByBuild<readonly ListedFile[]>(MOST_KEPT);

  constructor(look: Look) {
    this.#look = look;
  }

  /**
   * All files and folders of a tree, each folder before what is in it, sorted by name. What can't be read is left out.
   * @throws UserError when the image can't be read.
   */
  filesOf(image: CatalogImage, tree: TreeName): Promise<readonly ListedFile[]> {
    return this.#kept.get(idOf(image, tree, ''), buildOf(image), () => this.#look(image, tree, listFiles));
  }
}

async function listFiles(tree: FileTree): Promise<ListedFile[]> {
  const listed: ListedFile[] = [];
  const slices = new Slices();
  for await (const found of tree.walk()) {
    for (const walked of found) {
      if ('reason' in walked || walked.path === '/') continue;
      const { path, node } = walked;
      const target = node.status.type === 'link' ? { target: await node.target() } : {};
      listed.push({ path, file: { name: posix.basename(path), status: node.status, ...target } });
    }
    await slices.next();
  }
  return listed.sort((a, b) => (a.path < b.path ? -1 : 1));
}
