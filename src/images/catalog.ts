import { EventEmitter } from 'node:events';
import type { CatalogImage, Look, UnpackedImage } from './box-folder.ts';
import { Disks } from './file-looks.ts';
import { ImageFolder, type UnreadableFolder } from './image-folder.ts';
import type { SkippedLink } from './linked-folder.ts';

export type { CatalogImage, Replaced, UnpackedImage } from './box-folder.ts';
export type { UnreadableFolder } from './image-folder.ts';

/** The contents of the image folders at the last refresh: a value, looked up by published IDs only. */
export interface CatalogSnapshot {
  /** Sorted by ID, in code unit order; an ID that two folders hold stands once, for the first folder. */
  readonly images: readonly CatalogImage[];
  readonly byId: ReadonlyMap<string, CatalogImage>;
  /** All images of that name, by the folders they lie in. */
  readonly byName: ReadonlyMap<string, readonly CatalogImage[]>;
  /** Images whose ID is in an earlier image folder, too: not served. */
  readonly shadowed: readonly CatalogImage[];
  /** Raw images without any file of a set, by their folders: no request reaches them. */
  readonly unpacked: readonly UnpackedImage[];
  /** The folders in the image folders, with images or without, sorted by name. */
  readonly boxes: readonly CatalogBox[];
  /** The folders that can't be read for now: what lies in them is as it was last seen, or not known. */
  readonly unreadable: readonly UnreadableFolder[];
  /** Links in the image folders that are not followed. */
  readonly links: readonly SkippedLink[];
  /** Image folders in which images lie themselves, and none in the folders in them. */
  readonly loose: readonly string[];
}

/** A folder in an image folder. */
export interface CatalogBox {
  readonly name: string;
  readonly path: string;
}

/** How long the last seen state is kept while a folder can't be read. */
const KEEP_MS = 60_000;

/** A folder that comes and goes is reported at most this often. */
const TELL_EVERY_MS = 60_000;

/** So many sets are looked at wholly in one look for files written in place; of more, in several looks. */
const WHOLE_SETS_A_LOOK = 2_000;

/** What is looked for in image folders, and how. */
export interface CatalogOptions {
  /** Whether folders in an image folder that are links out of it are followed; they are not without it. */
  readonly followsLinks?: boolean;
  /** How long what was last seen is kept while a folder can't be read, in milliseconds; a minute without it. */
  readonly keepMs?: number;
}

/** The images below one or more image folders (`boxes/` of a workspace). It holds nothing open. */
export class Catalog {
  /** A folder can't be read, or can be again; a folder that comes and goes is told of once a minute. */
  readonly events = new EventEmitter<{ unreadable: [UnreadableFolder]; readable: [path: string] }>();
  readonly #keepMs: number;
  #paths: readonly string[] = [];
  #followsLinks = false;
  #moved = false;
  readonly #roots = new Map<string, ImageFolder>();
  /** When it was told last that a folder can't be read, by its path, and whether it still can't. */
  readonly #told = new Map<string, { readonly atMs: number; isOver: boolean }>();
  #snapshot: CatalogSnapshot = makeSnapshot([]);
  #running: Promise<CatalogSnapshot> | undefined;
  #queued: Promise<CatalogSnapshot> | undefined;
  #queuedThorough = false;

  /** `paths`: the image folders; where two hold the same ID, the earlier one's image is served. */
  constructor(paths: readonly string[], { followsLinks = false, keepMs = KEEP_MS }: CatalogOptions = {}) {
    this.#keepMs = keepMs;
    this.useFolders(paths, followsLinks);
  }

  /** Sets the image folders, and whether links in them are followed; what is in them is known after the next refresh. */
  useFolders(paths: readonly string[], followsLinks = false): void {
    this.#paths = [...paths];
    this.#followsLinks = followsLinks;
    this.#moved = true;
    for (const known of this.#roots.keys()) {
      if (!paths.includes(known)) this.#roots.delete(known);
    }
  }

  /** The last refresh's result, without a look at the disk. */
  get snapshot(): CatalogSnapshot {
    return this.#snapshot;
  }

  /**
   * Looks at the disk and returns what is there. Only folders whose modification time changed are read again, unless
   * the look is `thorough`: then every file is looked at, since an overwritten file does not change its folder's time.
   * The look begins after the call: calls during a running refresh share the next one.
   */
  refresh(thorough = false): Promise<CatalogSnapshot> {
    if (this.#running === undefined) {
      this.#running = this.#refresh(thorough).finally(() => {
        this.#running = undefined;
      });
      return this.#running;
    }
    this.#queuedThorough ||= thorough;
    this.#queued ??= this.#running
      .catch(() => undefined)
      .then(() => {
        const queuedThorough = this.#queuedThorough;
        this.#queued = undefined;
        this.#queuedThorough = false;
        return this.refresh(queuedThorough);
      });
    return this.#queued;
  }

  async #refresh(isThorough: boolean): Promise<CatalogSnapshot> {
    const paths = this.#paths;
    const followsLinks = this.#followsLinks;
    const parts = Math.max(1, Math.ceil(this.#snapshot.images.length / WHOLE_SETS_A_LOOK));
    const look: Look = { isThorough, parts, disks: new Disks() };
    const roots = paths.map((folder) => {
      const root = this.#roots.get(folder) ?? new ImageFolder(folder, this.#keepMs);
      this.#roots.set(folder, root);
      return root;
    });
    const changes = await Promise.all(roots.map((root) => root.refresh(look, followsLinks)));
    if (this.#moved || changes.includes(true)) {
      this.#moved = paths !== this.#paths;
      this.#snapshot = makeSnapshot(roots);
      this.#tell(this.#snapshot.unreadable);
    }
    return this.#snapshot;
  }

  #tell(unreadable: readonly UnreadableFolder[]): void {
    const nowMs = performance.now();
    for (const folder of unreadable) {
      const told = this.#told.get(folder.path);
      if (told !== undefined && (!told.isOver || nowMs - told.atMs < TELL_EVERY_MS)) continue;
      this.#told.set(folder.path, { atMs: nowMs, isOver: false });
      this.events.emit('unreadable', folder);
    }
    for (const [path, told] of this.#told) {
      if (told.isOver || unreadable.some((folder) => folder.path === path)) continue;
      told.isOver = true;
      this.events.emit('readable', path);
    }
  }
}

/** Where images are looked up: a catalog, or what stands before one. */
export interface ImageSource {
  /** The last refresh's result, without a look at the disk. */
  readonly snapshot: CatalogSnapshot;
  /** Looks at the disk and returns what is there; at every file if the look is `thorough`. */
  refresh(thorough?: boolean): Promise<CatalogSnapshot>;
}

function makeSnapshot(roots: readonly ImageFolder[]): CatalogSnapshot {
  const byId = new Map<string, CatalogImage>();
  const shadowed: CatalogImage[] = [];
  const unpacked: UnpackedImage[] = [];
  const boxes: CatalogBox[] = [];
  for (const folder of roots.flatMap((root) => [...root.folders])) {
    boxes.push({ name: folder.place.box, path: folder.place.path });
    unpacked.push(...folder.unpacked);
    for (const image of folder.images) {
      if (byId.has(image.id)) shadowed.push(image);
      else byId.set(image.id, image);
    }
  }
  boxes.sort((a, b) => (a.name < b.name ? -1 : 1));
  const images = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const unreadable = roots.flatMap((root) => root.unreadable);
  const links = roots.flatMap((root) => root.links);
  const loose = roots.flatMap((root) => root.loose ?? []);
  return { images, byId, byName: namesOf(images), shadowed, unpacked, boxes, unreadable, links, loose };
}

/** `snapshot` with other `images` of the same IDs in the same order. */
export function withImages(snapshot: CatalogSnapshot, images: readonly CatalogImage[]): CatalogSnapshot {
  return { ...snapshot, images, byId: new Map(images.map((image) => [image.id, image])), byName: namesOf(images) };
}

function namesOf(images: readonly CatalogImage[]): ReadonlyMap<string, readonly CatalogImage[]> {
  const byName = new Map<string, CatalogImage[]>();
  for (const image of images) {
    const sameName = byName.get(image.image);
    if (sameName === undefined) byName.set(image.image, [image]);
    else sameName.push(image);
  }
  return byName;
}
