import fs from 'node:fs/promises';
import path from 'node:path';
import { BoxFolder, type CatalogImage, type UnpackedImage } from './box-folder.ts';
import { isPublishableName } from './image-name.ts';
import { isInside } from './pinned-file.ts';

export type { CatalogImage, UnpackedImage } from './box-folder.ts';

/** What the image folders held at the last refresh: a value, looked up by published IDs only. */
export interface CatalogSnapshot {
  /** Sorted by ID, in code unit order; an ID that two folders hold stands once, for the first folder. */
  readonly images: readonly CatalogImage[];
  readonly byId: ReadonlyMap<string, CatalogImage>;
  /** All images of that name, by the folders they lie in. */
  readonly byName: ReadonlyMap<string, readonly CatalogImage[]>;
  /** Images whose ID an earlier image folder holds too: not served. */
  readonly shadowed: readonly CatalogImage[];
  /** Raw images of which no file of a set is there, by their folders: no request reaches them. */
  readonly unpacked: readonly UnpackedImage[];
  /** The folders in the image folders, with images or without, sorted by name. */
  readonly boxes: readonly CatalogBox[];
}

/** A folder in an image folder. */
export interface CatalogBox {
  readonly name: string;
  readonly path: string;
}

interface ImageRoot {
  readonly real: string;
  readonly folders: Map<string, BoxFolder>;
}

/** The images below one or more image folders (`boxes/` of a workspace). It holds nothing open. */
export class Catalog {
  #paths: readonly string[] = [];
  #moved = false;
  readonly #roots = new Map<string, ImageRoot>();
  #snapshot: CatalogSnapshot = makeSnapshot([]);
  #running: Promise<CatalogSnapshot> | undefined;
  #queued: Promise<CatalogSnapshot> | undefined;
  #queuedThorough = false;

  /** `paths`: the image folders; where two hold the same ID, the earlier one's image is served. */
  constructor(paths: readonly string[]) {
    this.useFolders(paths);
  }

  /** Takes other image folders than before; what lies in them is known with the next refresh. */
  useFolders(paths: readonly string[]): void {
    this.#paths = [...paths];
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
   * Looks at the disk and answers what is there. Only folders whose modification time changed are read again, unless
   * the look is `thorough`: then every file is looked at, since an overwritten file leaves its folder's time as it was.
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

  async #refresh(thorough: boolean): Promise<CatalogSnapshot> {
    const paths = this.#paths;
    const changes = await Promise.all(paths.map((folder) => this.#refreshRoot(folder, thorough)));
    if (this.#moved || changes.includes(true)) {
      this.#moved = paths !== this.#paths;
      const roots = paths.map((folder) => this.#roots.get(folder)?.folders ?? new Map<string, BoxFolder>());
      this.#snapshot = makeSnapshot(roots);
    }
    return this.#snapshot;
  }

  async #refreshRoot(folder: string, thorough: boolean): Promise<boolean> {
    const real = await fs.realpath(folder).catch(() => undefined);
    if (real === undefined) return this.#roots.delete(folder);
    let root = this.#roots.get(folder);
    let changed = root?.real !== real;
    if (root === undefined || changed) {
      root = { real, folders: new Map() };
      this.#roots.set(folder, root);
    }
    const boxes = await boxFolders(real);
    for (const box of root.folders.keys()) {
      if (!boxes.has(box)) changed = root.folders.delete(box) || changed;
    }
    for (const box of boxes) {
      if (!root.folders.has(box)) {
        root.folders.set(box, new BoxFolder(real, path.join(real, box), box));
        changed = true;
      }
    }
    const results = await Promise.all([...root.folders.values()].map((boxFolder) => boxFolder.refresh(thorough)));
    return changed || results.includes(true);
  }
}

/** The folders in an image folder; a linked one only where it leads to a place inside. */
async function boxFolders(root: string): Promise<Set<string>> {
  const entries = await fs.readdir(root, { withFileTypes: true }).catch(() => []);
  const names = await Promise.all(
    entries.map(async (entry) => {
      if (!isPublishableName(entry.name)) return undefined;
      if (entry.isDirectory()) return entry.name;
      if (!entry.isSymbolicLink()) return undefined;
      const real = await fs.realpath(path.join(root, entry.name)).catch(() => undefined);
      return real !== undefined && isInside(root, real) ? entry.name : undefined;
    }),
  );
  return new Set(names.filter((name) => name !== undefined));
}

function makeSnapshot(roots: readonly ReadonlyMap<string, BoxFolder>[]): CatalogSnapshot {
  const byId = new Map<string, CatalogImage>();
  const shadowed: CatalogImage[] = [];
  const unpacked: UnpackedImage[] = [];
  const boxes: CatalogBox[] = [];
  for (const [name, folder] of roots.flatMap((root) => [...root])) {
    boxes.push({ name, path: folder.path });
    unpacked.push(...folder.unpacked);
    for (const image of folder.images) {
      if (byId.has(image.id)) shadowed.push(image);
      else byId.set(image.id, image);
    }
  }
  boxes.sort((a, b) => (a.name < b.name ? -1 : 1));
  const images = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const byName = new Map<string, CatalogImage[]>();
  for (const image of images) {
    const sameName = byName.get(image.image);
    if (sameName === undefined) byName.set(image.image, [image]);
    else sameName.push(image);
  }
  return { images, byId, byName, shadowed, unpacked, boxes };
}
