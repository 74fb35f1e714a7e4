import { DamagedVolume } from './damaged-volume.ts';
import type { FileNode, FolderChild, FolderList } from './file-node.ts';

/** Most folders take one read. Several under way keep each from waiting for its way to another thread and back. */
const FOLDERS_AT_ONCE = 16;
/** To hand on so many costs little for each, and takes no longer than a millisecond or two. */
const FILES_AT_ONCE = 256;

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

/** A file system at a folder of the root folder. */
export interface Mount {
  readonly name: string;
  readonly root: FileNode;
}

/** A walk over all files of a tree. What is in memory is not waited for: that would cost more than all else. */
export class TreeWalk {
  readonly #mounted: Mount | undefined;
  readonly #ahead: WalkedFile[] = [];
  /** Folders that were walked, by whether they are of what is mounted. */
  readonly #seen = { root: new Set<number>(), mounted: new Set<number>() };
  #found: (WalkedFile | UnreadablePath)[] = [];

  constructor(root: FileNode, mounted: Mount | undefined) {
    this.#mounted = mounted;
    this.#find({ path: '/', node: root, isMounted: false });
  }

  /** The files, each folder before what is in it. Once. @throws what reading the disk may throw. */
  async *files(): AsyncGenerator<readonly (WalkedFile | UnreadablePath)[]> {
    while (this.#ahead.length > 0) {
      const listings = this.#beginListings();
      try {
        for (const listing of listings) {
          try {
            for (let next = listing.first; ; next = listing.next()) {
              const children = next instanceof Promise ? await next : next;
              if (children === undefined) break;
              for (const child of children) {
                const opened = openOrReason(child);
                this.#add(listing, child.name, opened instanceof Promise ? await opened : opened);
              }
              if (this.#found.length >= FILES_AT_ONCE) yield this.#takeFound();
            }
          } catch (error) {
            this.#found.push({ path: listing.folder.path, reason: damageReason(error) });
          }
        }
      } finally {
        await Promise.allSettled(listings.map(({ first }) => first)); // the disk may be closed now
      }
    }
    yield this.#takeFound();
  }

  #beginListings(): Listing[] {
    const listings: Listing[] = [];
    for (const folder of this.#ahead.splice(-FOLDERS_AT_ONCE)) {
      const seen = folder.isMounted ? this.#seen.mounted : this.#seen.root;
      const { id } = folder.node.status;
      if (seen.has(id)) this.#found.push({ path: folder.path, reason: 'a folder has two names' });
      else listings.push(new Listing(folder));
      seen.add(id);
      if (folder.path === '/' && this.#mounted !== undefined) {
        this.#find({ path: `/${this.#mounted.name}`, node: this.#mounted.root, isMounted: true });
      }
    }
    return listings;
  }

  #add({ folder, prefix }: Listing, name: string, node: FileNode | string): void {
    if (prefix === '/' && name === this.#mounted?.name) return;
    const path = prefix + name;
    if (typeof node === 'string') this.#found.push({ path, reason: node });
    else this.#find({ path, node, isMounted: folder.isMounted });
  }

  #find(file: WalkedFile): void {
    this.#found.push(file);
    if (file.node.status.type === 'folder') this.#ahead.push(file);
  }

  #takeFound(): readonly (WalkedFile | UnreadablePath)[] {
    const found = this.#found;
    this.#found = [];
    return found;
  }
}

type Children = Iterable<FolderChild> | undefined;
type ListStep = IteratorResult<Iterable<FolderChild> | Promise<Iterable<FolderChild>>>;

/** A folder that is being read. */
class Listing {
  readonly folder: WalkedFile;
  /** What the paths of the files in it begin with. */
  readonly prefix: string;
  /** As `next` answers at first. Where it failed at once, that is to be waited for, too. */
  readonly first: Children | Promise<Children>;
  readonly #steps: { next(): ListStep | Promise<ListStep> };

  constructor(folder: WalkedFile) {
    this.folder = folder;
    this.prefix = folder.path === '/' ? '/' : `${folder.path}/`;
    this.#steps = stepsOf(folder.node.list());
    this.first = this.#begin();
  }

  /** The next files in it; undefined at its end. @throws DamagedVolume, and what reading the disk may throw. */
  next(): Children | Promise<Children> {
    const step = this.#steps.next();
    return step instanceof Promise ? step.then(childrenOf) : childrenOf(step);
  }

  #begin(): Children | Promise<Children> {
    const first = this.#nextOrFailure();
    if (first instanceof Promise) first.catch(() => {}); // whoever waits for it is told, when it is its turn
    return first;
  }

  #nextOrFailure(): Children | Promise<Children> {
    try {
      return this.next();
    } catch (error) {
      return Promise.reject(error);
    }
  }
}

function stepsOf(list: FolderList) {
  return Symbol.iterator in list ? list[Symbol.iterator]() : list[Symbol.asyncIterator]();
}

function childrenOf(step: ListStep): Children | Promise<Children> {
  return step.done === true ? undefined : step.value;
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
