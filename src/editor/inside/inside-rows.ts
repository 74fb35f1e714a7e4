import { posix } from 'node:path';
import type { FileTree, TreeFile, UnreadableFile } from '../../contents/file-tree.ts';
import { packagesFaultText, readPackages } from '../../contents/packages.ts';
import { treeFaultText } from '../../contents/tree-fault.ts';
import { UserError } from '../../errors.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import type { Words } from '../../words.ts';
import { buildOf, type InsideNode, idOf, type TreeName } from './inside-node.ts';
import { KeptByBuild } from './kept-by-build.ts';

/** The most folders kept: more than anyone has unfolded at a time. */
const MOST_KEPT = 1_000;

/** Looks into a tree of an image, which may have to be decompressed first. */
export type Look = <T>(image: CatalogImage, tree: TreeName, look: (files: FileTree) => Promise<T>) => Promise<T>;

/** How many packages a build has, if an inventory of it is kept. */
export type KeptCount = (buildId: string) => Promise<number | undefined>;

/** A row that has others below it. */
type Parent = Extract<InsideNode, { kind: 'packages' | 'tree' | 'file' }>;

/**
 * The rows below what is inside images. The view asks for everything that is unfolded whenever anything in it changes,
 * so rows are kept until the image is rebuilt; so is the reason why they can't be shown, until the user tries again.
 */
export class InsideRows {
  readonly #look: Look;
  readonly #words: Words;
  readonly #kept = new KeptByBuild<InsideNode[]>(MOST_KEPT);
  /** How many packages are in an image, by the ID of their row. */
  readonly #counts = new Map<string, { readonly build: string; readonly count: number }>();
  readonly #keptCount: KeptCount;

  constructor(look: Look, keptCount: KeptCount, words: Words) {
    this.#look = look;
    this.#keptCount = keptCount;
    this.#words = words;
  }

  /** The rows below `node`, or one that says why there are none. */
  childrenOf(node: InsideNode): Promise<InsideNode[]> {
    if (node.kind === 'unreadable' || node.kind === 'package') return Promise.resolve([]);
    const id = idOfParent(node);
    return this.#kept.get(id, buildOf(node.image), () => this.#read(node, id));
  }

  /** How many packages are installed in an image, as far as that is known without opening it. */
  async packageCount(image: CatalogImage): Promise<number | undefined> {
    const id = idOfParent({ kind: 'packages', image });
    const build = buildOf(image);
    const known = this.#counts.get(id);
    if (known?.build === build) return known.count;
    const count = image.state.kind === 'ready' ? await this.#keptCount(image.state.buildId) : undefined;
    if (count !== undefined) this.#counts.set(id, { build, count });
    return count;
  }

  /**
   * The row that a row lies below; undefined where that is an image's own.
   * @throws UserError when it can't be read.
   */
  async parentOf(node: InsideNode): Promise<InsideNode | undefined> {
    if (node.kind === 'package') return { kind: 'packages', image: node.image };
    if (node.kind !== 'file') return undefined;
    const { image, tree } = node;
    const path = posix.dirname(node.path);
    if (path === '/') return { kind: 'tree', image, tree };
    const file = await this.#look(image, tree, (files) => files.stat(path));
    if ('kind' in file) throw new UserError(treeFaultText(path, file, this.#words));
    return { kind: 'file', image, tree, path, file };
  }

  /** Forgets the rows below that ID, so that they are read again. */
  forget(id: string): void {
    this.#kept.forget(id);
  }

  async #read(node: Parent, id: string): Promise<InsideNode[]> {
    try {
      return await (node.kind === 'packages' ? this.#packages(node.image) : this.#folder(node));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const name = this.#words.t("can't be shown");
      return [{ kind: 'unreadable', id: `${id}\0unreadable`, name, reason: error.told(this.#words), retry: id }];
    }
  }

  async #packages(image: CatalogImage): Promise<InsideNode[]> {
    const found = await this.#look(image, 'files', readPackages);
    if ('kind' in found) throw new UserError(packagesFaultText(found, this.#words));
    this.#counts.set(idOfParent({ kind: 'packages', image }), { build: buildOf(image), count: found.length });
    return found.map((installed) => ({ kind: 'package', image, installed }));
  }

  async #folder(node: Exclude<Parent, { kind: 'packages' }>): Promise<InsideNode[]> {
    const { image, tree } = node;
    const folder = node.kind === 'tree' ? '' : node.path;
    const found = await this.#look(image, tree, (files) => files.list(`${folder}/`));
    if ('kind' in found) throw new UserError(treeFaultText(folder, found, this.#words));
    return found.map((file) => nodeOf(image, tree, `${folder}/${file.name}`, file));
  }
}

function idOfParent(node: Parent): string {
  if (node.kind === 'packages') return `${idOf(node.image, 'files', '')}\0packages`;
  return idOf(node.image, node.tree, node.kind === 'tree' ? '' : node.path);
}

function nodeOf(image: CatalogImage, tree: TreeName, path: string, file: TreeFile | UnreadableFile): InsideNode {
  return 'status' in file
    ? { kind: 'file', image, tree, path, file }
    : { kind: 'unreadable', id: idOf(image, tree, path), name: file.name, reason: file.reason };
}
