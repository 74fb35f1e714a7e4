import fs from 'node:fs/promises';
import path from 'node:path';
import { BoxFolder, type CatalogImage } from './box-folder.ts';
import { isPublishableName } from './image-name.ts';
import { isInside } from './pinned-file.ts';

export type { CatalogImage } from './box-folder.ts';

/** What the image folders held at the last refresh: a value, looked up by published IDs only. */
export interface CatalogSnapshot {
  /** Sorted by ID, in code unit order; an ID that two folders hold stands once, for the first folder. */
  readonly images: readonly CatalogImage[];
  readonly byId: ReadonlyMap<string, CatalogImage>;
  /** All images of that name, by the folders they lie in. */
  readonly byName: ReadonlyMap<string, readonly CatalogImage[]>;
  /** Whether a folder of that name stands in an image folder. */
  readonly boxes: ReadonlySet<string>;
}

interface ImageRoot {
  readonly real: string;
  readonly folders: Map<string, BoxFolder>;
}

/** The images below one or more image folders (`boxes/` of a workspace). It holds nothing open. */
export class Catalog {
  readonly #paths: readonly string[];
  readonly #roots = new Map<string, ImageRoot>();
  #snapshot: CatalogSnapshot = makeSnapshot([]);
  #running: Promise<CatalogSnapshot> | undefined;
  #queued: Promise<CatalogSnapshot> | undefined;

  /** `paths`: the image folders; where two hold the same ID, the earlier one's image is served. */
  constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  /** The last refresh's result, without a look at the disk. */
  get snapshot(): CatalogSnapshot {
    return this.#snapshot;
  }

  /**
   * Looks at the disk and answers what is there. Only folders whose modification time changed are read again. The look
   * begins after the call: calls during a running refresh share the next one.
   */
  refresh(): Promise<CatalogSnapshot> {
    if (this.#running === undefined) {
      this.#running = this.#refresh().finally(() => {
        this.#running = undefined;
      });
      return this.#running;
    }
    this.#queued ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#queued = undefined;
        return this.refresh();
      });
    return this.#queued;
  }

  async #refresh(): Promise<CatalogSnapshot> {
    const changes = await Promise.all(this.#paths.map((folder) => this.#refreshRoot(folder)));
    if (changes.includes(true)) {
      const roots = this.#paths.map((folder) => this.#roots.get(folder)?.folders ?? new Map<string, BoxFolder>());
      this.#snapshot = makeSnapshot(roots);
    }
    return this.#snapshot;
  }

  async #refreshRoot(folder: string): Promise<boolean> {
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
    const results = await Promise.all([...root.folders.values()].map((boxFolder) => boxFolder.refresh()));
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
  const boxes = new Set<string>();
  for (const [box, folder] of roots.flatMap((root) => [...root])) {
    boxes.add(box);
    for (const image of folder.images) {
      if (!byId.has(image.id)) byId.set(image.id, image);
    }
  }
  const images = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const byName = new Map<string, CatalogImage[]>();
  for (const image of images) {
    const sameName = byName.get(image.image);
    if (sameName === undefined) byName.set(image.image, [image]);
    else sameName.push(image);
  }
  return { images, byId, byName, boxes };
}
