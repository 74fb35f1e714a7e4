import { DamagedVolume, tooManyEntries } from './damaged-volume.ts';
import type { FileAttribute, FileNode, FileStatus, FolderChild } from './file-node.ts';
import type { TreeFault } from './tree-fault.ts';
import { type Mount, TreeWalk, type UnreadablePath, type WalkedFile } from './tree-walk.ts';

/** Linux follows as many links on the way to a file (path_resolution(7)). */
const MOST_LINKS = 40;
/** Folders on the way to a file: a path of 4096 bytes has no more. */
const MOST_DEPTH = 2048;
/** A folder in an image has some thousand entries. */
const MOST_ENTRIES = 1_000_000;

/** A file, as a folder shows it. */
export interface TreeFile {
  /** Empty for the root folder. */
  readonly name: string;
  readonly status: FileStatus;
  /** Of a link. */
  readonly target?: string;
  /** Extended attributes, if it has any. */
  readonly attributes?: readonly FileAttribute[];
  /** Why they can't be read. */
  readonly attributesFault?: string;
}

/** A name in a folder whose file can't be read, and why. */
export interface UnreadableFile {
  readonly name: string;
  readonly reason: string;
}

/** Where a path led: the folders down to the file, and the file. */
interface Place {
  readonly folders: readonly Step[];
  readonly file: Step;
}

interface Step {
  readonly name: string;
  readonly node: FileNode;
  /** Whether it is of the file system mounted there: its numbers are of their own. */
  readonly isMounted: boolean;
}

/**
 * The files of a file system, by paths, with another one mounted at a folder of its root. Links are
 * resolved as on the board, and never lead out of the tree. Damage is returned as a value; errors of the disk are thrown.
 */
export class FileTree {
  readonly #root: FileNode;
  readonly #mounted: Mount | undefined;

  constructor(root: FileNode, mounted?: Mount) {
    this.#root = root;
    this.#mounted = mounted;
  }

  /** The status of a file; of a link itself, unless the path ends with a slash. */
  async stat(path: string): Promise<TreeFile | TreeFault> {
    return answer(async () => {
      const place = await this.#find(path, path.endsWith('/'));
      return 'kind' in place ? place : treeFile(place.file.name, place.file.node);
    });
  }

  /** The files in a folder, sorted by name. Follows links. */
  async list(path: string): Promise<readonly (TreeFile | UnreadableFile)[] | TreeFault> {
    return answer(async () => {
      const place = await this.#find(path, true);
      if ('kind' in place) return place;
      if (place.file.node.status.type !== 'folder') return { kind: 'not a folder' } as const;
      const files = new Map<string, TreeFile | UnreadableFile>();
      for await (const children of place.file.node.list()) {
        for (const child of children) {
          if (files.size === MOST_ENTRIES) throw tooManyEntries();
          files.set(child.name, await childFile(child));
        }
      }
      if (place.folders.length === 0 && this.#mounted !== undefined) {
        files.set(this.#mounted.name, await treeFile(this.#mounted.name, this.#mounted.root));
      }
      return [...files.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    });
  }

  /** The content of a file. Follows links. Reading it throws `DamagedVolume` where it is damaged. */
  async read(path: string): Promise<AsyncIterable<Buffer> | TreeFault> {
    return answer(async () => {
      const place = await this.#find(path, true);
      if ('kind' in place) return place;
      return place.file.node.status.type === 'file' ? place.file.node.read() : ({ kind: 'not a file' } as const);
    });
  }

  /**
   * All files, many at once, each folder before what is in it, in no other order. Follows no links. A folder is not walked
   * twice.
   * @throws what reading the disk may throw.
   */
  walk(): AsyncGenerator<readonly (WalkedFile | UnreadablePath)[]> {
    return new TreeWalk(this.#root, this.#mounted).files();
  }

  async #find(path: string, followsLast: boolean): Promise<Place | TreeFault> {
    let way: Step[] = [{ name: '', node: this.#root, isMounted: false }];
    // the next part last
    const parts = partsOf(path).reverse();
    let links = 0;
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      const folder = way.at(-1);
      if (folder === undefined) throw new RangeError('a way has no beginning');
      if (folder.node.status.type !== 'folder') return { kind: 'not a folder' };
      if (part === '..') {
        way = way.length === 1 ? way : way.slice(0, -1);
        continue;
      }
      const step = await this.#step(way, folder, part);
      if (step === undefined) return { kind: 'missing' };
      if (step.node.status.type !== 'link' || (parts.length === 0 && !followsLast)) {
        if (isLoop(way, step) || way.length > MOST_DEPTH) throw new DamagedVolume('a folder lies within itself');
        way.push(step);
        continue;
      }
      links++;
      if (links > MOST_LINKS) return { kind: 'too many links' };
      const target = await step.node.target();
      if (target === '') return { kind: 'missing' }; // as path_resolution(7) has it
      if (target.startsWith('/')) way = way.slice(0, 1);
      parts.push(...partsOf(target).reverse());
    }
    const file = way.pop();
    if (file === undefined) throw new RangeError('a way has no beginning');
    return { folders: way, file };
  }

  async #step(way: readonly Step[], folder: Step, name: string): Promise<Step | undefined> {
    if (way.length === 1 && name === this.#mounted?.name) return { name, node: this.#mounted.root, isMounted: true };
    for await (const children of folder.node.list()) {
      for (const child of children) {
        if (child.name === name) return { name, node: await child.open(), isMounted: folder.isMounted };
      }
    }
    return undefined;
  }
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

/** Only a damaged file system has a folder in itself: a path could go on for ever. */
function isLoop(way: readonly Step[], { node, isMounted }: Step): boolean {
  if (node.status.type !== 'folder') return false;
  return way.some((step) => step.isMounted === isMounted && step.node.status.id === node.status.id);
}

async function treeFile(name: string, node: FileNode): Promise<TreeFile> {
  const target = node.status.type === 'link' && { target: await node.target() };
  return { name, status: node.status, ...target, ...(await attributesOf(node)) };
}

/** As for Linux, a file is there even if its attributes are damaged. */
async function attributesOf(node: FileNode): Promise<Pick<TreeFile, 'attributes' | 'attributesFault'>> {
  try {
    const attributes = await node.attributes();
    return attributes.length > 0 ? { attributes } : {};
  } catch (error) {
    if (error instanceof DamagedVolume) return { attributesFault: error.message };
    throw error;
  }
}

async function childFile(child: FolderChild): Promise<TreeFile | UnreadableFile> {
  try {
    return await treeFile(child.name, await child.open());
  } catch (error) {
    if (error instanceof DamagedVolume) return { name: child.name, reason: error.message };
    throw error;
  }
}

async function answer<T>(ask: () => Promise<T | TreeFault>): Promise<T | TreeFault> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof DamagedVolume) return { kind: 'damaged', reason: error.message };
    throw error;
  }
}
