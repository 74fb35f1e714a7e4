import fs from 'node:fs/promises';
import type { DiskAnswers } from './disk-answers.ts';
import type { Disks, FileLooks } from './file-looks.ts';
import { imageOfSetFile, isPublishableName } from './image-name.ts';
import type { SetLocation } from './image-set.ts';
import { type Extent, type ImageState, type Inspection, inspectImage, type RawAge } from './image-state.ts';
import { Outage } from './outage.ts';
import { imageOfRawFile, lookAtRawFile, type RawFile } from './raw-file.ts';
import { YOUNG_MS } from './seen-file.ts';
import { sideBySide } from './side-by-side.ts';

/** An image as the catalog publishes it. */
export interface CatalogImage extends SetLocation {
  /** `<box>/<image>`: the line in `/list`, and the only key by which a request reaches files. */
  readonly id: string;
  readonly box: string;
  readonly state: ImageState;
  /** Present if there is a raw image beside the set. */
  readonly raw?: RawAge;
  /** Present if this is a copy that is kept of a build: no build of mkbox writes to it. */
  readonly isKept?: true;
  /** Present if this is an earlier build that someone has served in place of the newest. */
  readonly inPlaceOf?: Replaced;
}

/** What an earlier build is served in place of, and who wanted that, when (milliseconds since 1970), and why. */
export interface Replaced {
  readonly newest: CatalogImage;
  readonly choice: { readonly build: string; readonly by: string; readonly atMs: number; readonly why?: string };
}

/** A raw image without any file of a set: it has no ID until it is packed. */
export interface UnpackedImage extends SetLocation, RawFile {
  /** `<box>/<image>`, which its set will have. */
  readonly id: string;
  readonly box: string;
}

/** Sets looked at side by side: enough to keep the thread pool busy, few enough open files. */
const INSPECTIONS_AT_ONCE = 16;

/** Files written in place don't change their folder's time: they are looked for at most this often. */
const IN_PLACE_EVERY_MS = 1_000;

/** How a catalog is looked at. */
export interface Look {
  /** Whether to look at each file, however recently that was done. */
  readonly isThorough: boolean;
  /**
   * Where nothing else calls for it, the small files of a set are looked at in one of so many looks: all `.img.zst` of a
   * large catalog, which every build writes, take their time.
   */
  readonly parts: number;
  /** The disks that it meets. */
  readonly disks: Disks;
}

/** Where a folder of the image folder lies. */
export interface FolderPlace {
  /** No file outside of it is opened: the image folder, resolved; or where the folder leads that is a link. */
  readonly root: string;
  /** The folder's absolute path. */
  readonly path: string;
  readonly box: string;
  /** Of the disk that it lies on. */
  readonly answers: DiskAnswers;
}

/** Names of images: those of which there is a file of a set, and those of which there is the raw image. */
interface ImageNames {
  readonly sets: readonly string[];
  readonly raws: ReadonlySet<string>;
}

const NO_NAMES: ImageNames = { sets: [], raws: new Set() };

/** One folder in the image folder, and what lies in it; scanned again only where it changed. */
export class BoxFolder {
  readonly #place: FolderPlace;
  readonly #outage: Outage;
  #seen: { ino: bigint; mtimeNs: bigint; ctimeNs: bigint; settled: boolean } | undefined;
  /** When all sets were looked at last, by the clock that no one sets. */
  #lookedAtMs = 0;
  /** Which part of the small files is looked at next. */
  #turn = 0;
  #names = NO_NAMES;
  #inspections = new Map<string, Inspection>();
  #images: readonly CatalogImage[] = [];
  #unpacked: readonly UnpackedImage[] = [];

  /** `keepMs`: how long what was seen is kept while the folder can't be read. */
  constructor(place: FolderPlace, keepMs: number) {
    this.#place = place;
    this.#outage = new Outage(keepMs);
  }

  get place(): FolderPlace {
    return this.#place;
  }

  /** The images as of the last refresh, sorted by name. */
  get images(): readonly CatalogImage[] {
    return this.#images;
  }

  /** The raw images without a set as of the last refresh, sorted by name. */
  get unpacked(): readonly UnpackedImage[] {
    return this.#unpacked;
  }

  /** The system's error code if the folder can't be read; undefined if it can be, or does not exist. */
  get unreadable(): string | undefined {
    return this.#outage.code;
  }

  /** Whether `images` stands for what was last seen, though the folder can't be read. */
  get isKept(): boolean {
    return this.#outage.isKept;
  }

  /**
   * Updates `images` and `unpacked`; true if anything changed. Looks at all of them if the look is thorough or the
   * folder changed; else at the images, if the last look at all of them was a second ago; else at those that were
   * incomplete.
   */
  async refresh(look: Look): Promise<boolean> {
    try {
      const changed = await this.#refresh(look);
      return this.#outage.end() || changed;
    } catch (error) {
      return this.#fail(error);
    }
  }

  /** A folder that does not exist, or is no folder any more, is empty. */
  #fail(error: unknown): boolean {
    this.#seen = undefined;
    const outage = this.#outage.begin(error);
    const isForgotten = outage.kind === 'absent' || !outage.isKept;
    if (isForgotten) {
      this.#names = NO_NAMES;
      this.#inspections = new Map();
    }
    const changed = isForgotten && this.#replace([], []);
    return outage.hasChanged || changed;
  }

  async #refresh(look: Look): Promise<boolean> {
    const { path: folder, answers } = this.#place;
    const { dev, ino, mtimeNs, ctimeNs } = await answers.to(() => fs.stat(folder, { bigint: true }));
    const looks = await look.disks.looksAt(folder, dev, answers);
    const seen = this.#seen;
    const isSame = seen?.settled && seen.ino === ino && seen.mtimeNs === mtimeNs && seen.ctimeNs === ctimeNs;
    if (isSame && !look.isThorough) return this.#lookAgain(look, looks);
    const settled = Date.now() - Number(mtimeNs / 1_000_000n) > YOUNG_MS;
    this.#names = await this.#readNames();
    this.#lookedAtMs = performance.now();
    const images = await this.#inspect(this.#names.sets, () => 'all files', looks);
    const changed = this.#replace(images, await this.#lookAtUnpacked(looks));
    this.#seen = { ino, mtimeNs, ctimeNs, settled };
    return changed;
  }

  /** A file is filled, or another build written over it, without its folder changing. */
  async #lookAgain({ parts }: Look, looks: FileLooks): Promise<boolean> {
    const nowMs = performance.now();
    const isDue = nowMs - this.#lookedAtMs >= IN_PLACE_EVERY_MS;
    if (isDue) this.#lookedAtMs = nowMs;
    const suspects = this.#images.filter(({ state }) => isDue || state.kind === 'incomplete');
    if (suspects.length === 0) return false;
    const turn = isDue ? this.#turn++ % parts : undefined;
    const isWhole = ({ state }: CatalogImage, index: number) => state.kind === 'incomplete' || index % parts === turn;
    const whole = new Set(suspects.filter(isWhole).map(({ image }) => image));
    const names = suspects.map(({ image }) => image);
    const images = await this.#inspect(names, (name) => (whole.has(name) ? 'all files' : 'image'), looks);
    return this.#replace(images, this.#unpacked);
  }

  async #readNames(): Promise<ImageNames> {
    const { path: folder, answers } = this.#place;
    const entries = await answers.to(() => fs.readdir(folder));
    const names = (imageOf: (fileName: string) => string | undefined) => {
      const found = entries.map(imageOf).filter((name) => name !== undefined);
      return new Set(found.filter(isPublishableName));
    };
    return { sets: [...names(imageOfSetFile)].sort(), raws: names(imageOfRawFile) };
  }

  /** Looks at the `suspects` among the sets; what was seen of the others stands. */
  async #inspect(
    suspects: readonly string[],
    extentOf: (image: string) => Extent,
    fileLooks: FileLooks,
  ): Promise<readonly CatalogImage[]> {
    const { sets, raws } = this.#names;
    const before = this.#inspections;
    const looks = new Map<string, Inspection>();
    await sideBySide(suspects, INSPECTIONS_AT_ONCE, async (name) => {
      const previous = before.get(name);
      const look = await inspectImage(this.#locate(name), raws.has(name), fileLooks, previous, extentOf(name));
      if (look !== previous) looks.set(name, look);
    });
    if (looks.size === 0 && sets.length === before.size) return this.#images;
    const inspections = new Map<string, Inspection>();
    for (const name of sets) {
      const look = looks.get(name) ?? before.get(name);
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

  async #lookAtUnpacked(looks: FileLooks): Promise<UnpackedImage[]> {
    const packed = new Set(this.#names.sets);
    const names = [...this.#names.raws].filter((name) => !packed.has(name)).sort();
    const found = await Promise.all(
      names.map(async (image) => {
        const location = this.#locate(image);
        const raw = await lookAtRawFile(location, looks);
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
    const { root, path: folder } = this.#place;
    return { root, folder, image };
  }

  #identify(image: string): Pick<CatalogImage, 'id' | 'box'> {
    const { box } = this.#place;
    return { id: `${box}/${image}`, box };
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
