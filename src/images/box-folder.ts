import fs from 'node:fs/promises';
import { imageOfSetFile, isPublishableName } from './image-name.ts';
import type { SetLocation } from './image-set.ts';
import { type ImageState, type Inspection, inspectImage, type RawAge } from './image-state.ts';
import { imageOfRawFile, lookAtRawFile, type RawFile } from './raw-file.ts';

/** An image as the catalog publishes it. */
export interface CatalogImage extends SetLocation {
  /** `<box>/<image>`: the line in `/list`, and the only key by which a request reaches files. */
  readonly id: string;
  readonly box: string;
  readonly state: ImageState;
  /** Present where the raw image lies beside the set. */
  readonly raw?: RawAge;
}

/** A raw image of which no file of a set is there: nothing is known by its ID until it is packed. */
export interface UnpackedImage extends SetLocation, RawFile {
  /** `<box>/<image>`, as its set will have it. */
  readonly id: string;
  readonly box: string;
}

/** Sets looked at side by side: enough to keep the thread pool busy, few enough open files. */
const INSPECTIONS_AT_ONCE = 32;

/**
 * File systems keep a folder's time in steps (2 s on FAT, a kernel tick elsewhere): a change right after a scan may
 * leave the time as the scan saw it. A folder this young at its scan is scanned again.
 */
const YOUNG_MS = 2_000;

/** Files written in place leave their folder's time alone: they are looked for at most this often. */
const IN_PLACE_EVERY_MS = 1_000;

/** Names of images: those of which there is a file of a set, and those of which there is the raw image. */
interface ImageNames {
  readonly sets: readonly string[];
  readonly raws: ReadonlySet<string>;
}

/** One folder in the image folder, and what lies in it; scanned again only where it changed. */
export class BoxFolder {
  readonly #root: string;
  /** The folder's absolute path. */
  readonly path: string;
  readonly #box: string;
  #seen: { ino: bigint; mtimeNs: bigint; ctimeNs: bigint; settled: boolean } | undefined;
  /** When all sets were looked at last, by the clock that no one sets. */
  #lookedAtMs = 0;
  #names: ImageNames = { sets: [], raws: new Set() };
  #inspections = new Map<string, Inspection>();
  #images: readonly CatalogImage[] = [];
  #unpacked: readonly UnpackedImage[] = [];

  constructor(root: string, folderPath: string, box: string) {
    this.#root = root;
    this.path = folderPath;
    this.#box = box;
  }

  /** The images as of the last refresh, sorted by name. */
  get images(): readonly CatalogImage[] {
    return this.#images;
  }

  /** The raw images without a set as of the last refresh, sorted by name. */
  get unpacked(): readonly UnpackedImage[] {
    return this.#unpacked;
  }

  /**
   * Brings `images` and `unpacked` up to date, and answers whether any changed: all of them if the look is `thorough` or
   * the folder changed; else the images, where the last look at all of them was a second ago; else those that were
   * incomplete. A folder that can't be read has none, until it can be.
   */
  async refresh(thorough: boolean): Promise<boolean> {
    const now = await fs.stat(this.path, { bigint: true }).catch(() => undefined);
    if (now === undefined) {
      this.#seen = undefined;
      this.#inspections = new Map();
      return this.#replace([], []);
    }
    const { ino, mtimeNs, ctimeNs } = now;
    const seen = this.#seen;
    const isSame = seen?.settled && seen.ino === ino && seen.mtimeNs === mtimeNs && seen.ctimeNs === ctimeNs;
    if (isSame && !thorough) return this.#lookAgain();
    const settled = Date.now() - Number(mtimeNs / 1_000_000n) > YOUNG_MS;
    const names = await this.#readNames();
    this.#names = names ?? { sets: [], raws: new Set() };
    this.#seen = names && { ino, mtimeNs, ctimeNs, settled };
    this.#lookedAtMs = performance.now();
    const images = await this.#inspect(this.#names.sets);
    return this.#replace(images, await this.#lookAtUnpacked());
  }

  /** A file is filled, or another build written over it, without its folder changing. */
  async #lookAgain(): Promise<boolean> {
    const nowMs = performance.now();
    const isDue = nowMs - this.#lookedAtMs >= IN_PLACE_EVERY_MS;
    if (isDue) this.#lookedAtMs = nowMs;
    const suspects = this.#images.filter(({ state }) => isDue || state.kind === 'incomplete');
    if (suspects.length === 0) return false;
    return this.#replace(await this.#inspect(suspects.map(({ image }) => image)), this.#unpacked);
  }

  /** Undefined where the folder can't be read. */
  async #readNames(): Promise<ImageNames | undefined> {
    const entries = await fs.readdir(this.path).catch(() => undefined);
    if (entries === undefined) return undefined;
    const names = (imageOf: (fileName: string) => string | undefined) => {
      const found = entries.map(imageOf).filter((name) => name !== undefined);
      return new Set(found.filter(isPublishableName));
    };
    return { sets: [...names(imageOfSetFile)].sort(), raws: names(imageOfRawFile) };
  }

  /** Looks at the `suspects` among the sets; what was seen of the others stands. */
  async #inspect(suspects: readonly string[]): Promise<CatalogImage[]> {
    const { sets, raws } = this.#names;
    const looks = new Map<string, Inspection>();
    for (let at = 0; at < suspects.length; at += INSPECTIONS_AT_ONCE) {
      const batch = suspects.slice(at, at + INSPECTIONS_AT_ONCE);
      await Promise.all(
        batch.map(async (name) =>
          looks.set(name, await inspectImage(this.#locate(name), raws.has(name), this.#inspections.get(name))),
        ),
      );
    }
    const inspections = new Map<string, Inspection>();
    for (const name of sets) {
      const look = looks.get(name) ?? this.#inspections.get(name);
      if (look !== undefined) inspections.set(name, look);
    }
    this.#inspections = inspections;
    return [...inspections].map(([image, { state, raw }]) => ({
      ...this.#locate(image),
      ...this.#identify(image),
      state,
      ...(raw && { raw }),
    }));
  }

  async #lookAtUnpacked(): Promise<UnpackedImage[]> {
    const packed = new Set(this.#names.sets);
    const names = [...this.#names.raws].filter((name) => !packed.has(name)).sort();
    const found = await Promise.all(
      names.map(async (image) => {
        const location = this.#locate(image);
        const raw = await lookAtRawFile(location);
        return raw && { ...location, ...this.#identify(image), ...raw };
      }),
    );
    return found.filter((image) => image !== undefined);
  }

  #replace(images: readonly CatalogImage[], unpacked: readonly UnpackedImage[]): boolean {
    const same =
      sameList(images, this.#images, (a, b) => a.image === b.image && a.state === b.state && a.raw === b.raw) &&
      sameList(unpacked, this.#unpacked, sameUnpacked);
    if (same) return false;
    this.#images = images;
    this.#unpacked = unpacked;
    return true;
  }

  #locate(image: string): SetLocation {
    return { root: this.#root, folder: this.path, image };
  }

  #identify(image: string): Pick<CatalogImage, 'id' | 'box'> {
    return { id: `${this.#box}/${image}`, box: this.#box };
  }
}

function sameUnpacked(a: UnpackedImage, b: UnpackedImage): boolean {
  return a.image === b.image && a.bytes === b.bytes && a.writtenAtMs === b.writtenAtMs;
}

function sameList<T>(a: readonly T[], b: readonly T[], isSame: (a: T, b: T) => boolean): boolean {
  return (
    a.length === b.length &&
    a.every((one, index) => {
      const other = b[index];
      return other !== undefined && isSame(one, other);
    })
  );
}
