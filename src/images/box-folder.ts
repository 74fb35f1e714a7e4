import fs from 'node:fs/promises';
import { imageOfSetFile, isPublishableName } from './image-name.ts';
import type { SetLocation } from './image-set.ts';
import { type ImageState, type Inspection, inspectImage } from './image-state.ts';

/** An image as the catalog publishes it. */
export interface CatalogImage extends SetLocation {
  /** `<box>/<image>`: the line in `/list`, and the only key by which a request reaches files. */
  readonly id: string;
  readonly box: string;
  readonly state: ImageState;
}

/** Sets looked at side by side: enough to keep the thread pool busy, few enough open files. */
const INSPECTIONS_AT_ONCE = 32;

/**
 * File systems keep a folder's time in steps (2 s on FAT, a kernel tick elsewhere): a change right after a scan may
 * leave the time as the scan saw it. A folder this young at its scan is scanned again.
 */
const YOUNG_MS = 2_000;

/** One folder in the image folder, and what lies in it; scanned again only where it changed. */
export class BoxFolder {
  readonly #root: string;
  /** The folder's absolute path. */
  readonly path: string;
  readonly #box: string;
  #seen: { ino: bigint; mtimeNs: bigint; settled: boolean } | undefined;
  #inspections = new Map<string, Inspection>();
  #images: readonly CatalogImage[] = [];

  constructor(root: string, folderPath: string, box: string) {
    this.#root = root;
    this.path = folderPath;
    this.#box = box;
  }

  /** The images as of the last refresh, sorted by name. */
  get images(): readonly CatalogImage[] {
    return this.#images;
  }

  /**
   * Brings `images` up to date, and answers whether any changed: all of them if the look is `thorough` or the folder
   * changed, else those that were incomplete. A folder that can't be read has none.
   */
  async refresh(thorough: boolean): Promise<boolean> {
    const now = await fs.stat(this.path, { bigint: true }).catch(() => undefined);
    if (now === undefined) return this.#replace([], new Map());
    const { ino, mtimeNs } = now;
    const same = this.#seen?.settled && this.#seen.ino === ino && this.#seen.mtimeNs === mtimeNs;
    if (same && !thorough) return this.#lookAgain();
    const settled = Date.now() - Number(mtimeNs / 1_000_000n) > YOUNG_MS;
    const names = await this.#imageNames();
    this.#seen = { ino, mtimeNs, settled };
    return this.#inspect(names, names);
  }

  /** A file is filled without its folder changing: what was incomplete may be whole by now. */
  #lookAgain(): Promise<boolean> | boolean {
    const open = this.#images.filter((image) => image.state.kind === 'incomplete');
    if (open.length === 0) return false;
    return this.#inspect(
      [...this.#inspections.keys()],
      open.map((image) => image.image),
    );
  }

  async #imageNames(): Promise<string[]> {
    const entries = await fs.readdir(this.path).catch(() => []);
    const names = new Set(entries.map(imageOfSetFile).filter((name) => name !== undefined));
    return [...names].filter(isPublishableName).sort();
  }

  async #inspect(names: readonly string[], suspects: readonly string[]): Promise<boolean> {
    const looks = new Map<string, Inspection>();
    for (let at = 0; at < suspects.length; at += INSPECTIONS_AT_ONCE) {
      const batch = suspects.slice(at, at + INSPECTIONS_AT_ONCE);
      await Promise.all(
        batch.map(async (name) => looks.set(name, await inspectImage(this.#locate(name), this.#inspections.get(name)))),
      );
    }
    const inspections = new Map<string, Inspection>();
    for (const name of names) {
      const look = looks.get(name) ?? this.#inspections.get(name);
      if (look !== undefined) inspections.set(name, look);
    }
    const images = [...inspections].map(([image, { state }]) => ({
      ...this.#locate(image),
      id: `${this.#box}/${image}`,
      box: this.#box,
      state,
    }));
    return this.#replace(images, inspections);
  }

  #replace(images: readonly CatalogImage[], inspections: Map<string, Inspection>): boolean {
    const same =
      images.length === this.#images.length &&
      images.every((image, index) => {
        const before = this.#images[index];
        return before?.image === image.image && before.state === image.state;
      });
    this.#inspections = inspections;
    if (same) return false;
    this.#images = images;
    return true;
  }

  #locate(image: string): SetLocation {
    return { root: this.#root, folder: this.path, image };
  }
}
