import { ENGLISH, type Words } from '../words.ts';
import { DamagedVolume, tooManyEntries, volumeDamageText } from './damaged-volume.ts';
import type { FileAttribute, FileNode, FileStatus, FolderChild } from './file-node.ts';

/** Linux follows as many links on the way to a file (path_resolution(7)). */
const MOST_LINKS = 40;
/** Folders on the way to a file: a path of 4096 bytes has no more. */
const MOST_DEPTH = 2048;
/** A folder in an image has some thousand entries. */
const MOST_ENTRIES = 1_000_000;
/** Most folders take one read. Several under way keep each from waiting for its way to another thread and back. */
const FOLDERS_AT_ONCE = 16;

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

/** A file, as a walk over all of them comes to it. */
export interface WalkedFile {
  /** From the root folder, which is `/` itself. */
  readonly path: string;
  readonly node: FileNode;
  /** Whether it is of the file system mounted there: `node.status.id` is of that one. */
  readonly isMounted: boolean;
}

/** A path whose file, or whose folder's list, can't be read, and why. */
export interface UnreadablePath {
  readonly path: string;
  readonly reason: string;
}

/** Why a path can't be looked at. */
export type TreeFault =
  | { readonly kind: 'missing' }
  /** A part of the path that is not the last one is no folder. */
  | { readonly kind: 'not a folder' }
  | { readonly kind: 'not a file' }
  | { readonly kind: 'too many links' }
  | { readonly kind: 'damaged'; readonly reason: string };

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
   * All files, as many at once as are read at once, each folder before what is in it, in no other order. Follows no links.
   * A folder is not walked twice.
   * @throws what reading the disk may throw.
   */
  async *walk(): AsyncGenerator<readonly (WalkedFile | UnreadablePath)[]> {
    const seen = new Set<string>();
    const root = { path: '/', node: this.#root, isMounted: false };
    yield [root];
    for (const ahead: WalkedFile[] = [root]; ahead.length > 0; ) {
      const listings: Listing[] = [];
      const again: UnreadablePath[] = [];
      for (const folder of ahead.splice(-FOLDERS_AT_ONCE)) {
        const key = `${folder.isMounted} ${folder.node.status.id}`;
        if (seen.has(key)) again.push({ path: folder.path, reason: 'a folder has two names' });
        else listings.push(beginListing(folder));
        seen.add(key);
      }
      try {
        if (again.length > 0) yield again;
        for (const listing of listings) yield* this.#walkFolder(listing, ahead);
      } finally {
        await Promise.allSettled(listings.map(({ first }) => first)); // the disk may be closed now
      }
    }
  }

  /** What is in a folder; the folders in it go to `ahead`, too. */
  async *#walkFolder(
    { folder, first, rest }: Listing,
    ahead: WalkedFile[],
  ): AsyncGenerator<(WalkedFile | UnreadablePath)[]> {
    const { path: folderPath, isMounted } = folder;
    const mounted = folderPath === '/' ? this.#mounted : undefined;
    const prefix = folderPath === '/' ? '/' : `${folderPath}/`;
    let found: (WalkedFile | UnreadablePath)[] = [];
    const find = (file: WalkedFile) => {
      found.push(file);
      if (file.node.status.type === 'folder') ahead.push(file);
    };
    if (mounted !== undefined) find({ path: prefix + mounted.name, node: mounted.root, isMounted: true });
    try {
      for (let next = await first; !next.done; next = await rest.next()) {
        for (const child of next.value) {
          if (child.name === mounted?.name) continue;
          const path = prefix + child.name;
          const opened = openOrReason(child);
          // waiting for what is there already costs more than the rest
          const node = opened instanceof Promise ? await opened : opened;
          if (typeof node === 'string') found.push({ path, reason: node });
          else find({ path, node, isMounted });
        }
        yield found;
        found = [];
      }
    } catch (error) {
      if (!(error instanceof DamagedVolume)) throw error;
      yield [...found, { path: folderPath, reason: error.message }];
    }
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

/** A file system at a folder of the root folder. */
export interface Mount {
  readonly name: string;
  readonly root: FileNode;
}

/** The fault in words, with its path: `/etc/x: no such file or folder`. */
export function treeFaultText(path: string, fault: TreeFault, words: Words = ENGLISH): string {
  switch (fault.kind) {
    case 'missing':
      return words.t('{0}: no such file or folder', path);
    case 'not a folder':
      return words.t('{0}: not a folder', path);
    case 'not a file':
      return words.t('{0}: not a regular file', path);
    case 'too many links':
      return words.t('{0}: too many levels of symbolic links', path);
    case 'damaged':
      return volumeDamageText(path, fault.reason, words);
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

/** A folder that is being read. */
interface Listing {
  readonly folder: WalkedFile;
  readonly first: Promise<IteratorResult<Iterable<FolderChild>>>;
  readonly rest: AsyncIterator<Iterable<FolderChild>>;
}

function beginListing(folder: WalkedFile): Listing {
  const rest = folder.node.list()[Symbol.asyncIterator]();
  const first = rest.next();
  first.catch(() => {}); // whoever waits for it is told
  return { folder, first, rest };
}

function openOrReason(child: FolderChild): FileNode | string | Promise<FileNode | string> {
  try {
    const opened = child.open();
    return opened instanceof Promise ? opened.catch(damageReason) : opened;
  } catch (error) {
    return damageReason(error);
  }
}

function damageReason(error: unknown): string {
  if (error instanceof DamagedVolume) return error.message;
  throw error;
}

async function answer<T>(ask: () => Promise<T | TreeFault>): Promise<T | TreeFault> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof DamagedVolume) return { kind: 'damaged', reason: error.message };
    throw error;
  }
}
