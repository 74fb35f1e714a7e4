import fs from 'node:fs/promises';
import path from 'node:path';
import { BoxFolder, type FolderPlace, type Look } from './box-folder.ts';
import { DiskAnswers } from './disk-answers.ts';
import { isPublishableName, SET_FILES } from './image-name.ts';
import { followLink, type SkippedLink } from './linked-folder.ts';
import { Outage } from './outage.ts';
import { sideBySide } from './side-by-side.ts';

/** Folders looked at side by side. */
const FOLDERS_AT_ONCE = 4;

/** An image folder, or one in it, that is there and can't be read for now. */
export interface UnreadableFolder {
  readonly path: string;
  /** The system's name for the reason (errno(3)). */
  readonly code: string;
  /** The folder's name, where it is one in an image folder. */
  readonly box?: string;
  /** The folder that images in it lie below, resolved. */
  readonly real: string;
  /** Whether the images that were last seen in it still stand in the snapshot. */
  readonly isKept: boolean;
}

/** What lies in an image folder. */
interface Content {
  readonly places: ReadonlyMap<string, FolderPlace>;
  readonly links: readonly SkippedLink[];
  /** Whether there are images beside the folders. */
  readonly hasLoose: boolean;
}

/** One image folder, and the folders in it. The folder itself may be a link: whoever names it means what it leads to. */
export class ImageFolder {
  readonly #path: string;
  readonly #keepMs: number;
  readonly #outage: Outage;
  /** Of the disk that the folder itself lies on. */
  readonly #answers = new DiskAnswers();
  /** Of the disks that the folders in it lie on, which may be others, by the folders' names. */
  readonly #answersOf = new Map<string, DiskAnswers>();
  /** The folder resolved, as it was last found. */
  #real: string;
  readonly #folders = new Map<string, BoxFolder>();
  #links: readonly SkippedLink[] = [];
  #hasLoose = false;

  /** `keepMs`: how long what was seen is kept while a folder can't be read. */
  constructor(folderPath: string, keepMs: number) {
    this.#path = folderPath;
    this.#real = folderPath;
    this.#keepMs = keepMs;
    this.#outage = new Outage(keepMs);
  }

  /** The folders in it, as of the last refresh. */
  get folders(): Iterable<BoxFolder> {
    return this.#folders.values();
  }

  /** Links that are not followed, as of the last refresh. */
  get links(): readonly SkippedLink[] {
    return this.#links;
  }

  /** This folder, resolved, if images lie in it, as of the last refresh, and none in the folders in it. */
  get loose(): string | undefined {
    const isServed = [...this.#folders.values()].some(({ images }) => images.length > 0);
    return this.#hasLoose && !isServed ? this.#real : undefined;
  }

  /** This folder, or those in it, if they could not be read at the last refresh. */
  get unreadable(): UnreadableFolder[] {
    const { code, isKept } = this.#outage;
    if (code !== undefined) return [{ path: this.#path, code, real: this.#real, isKept }];
    return [...this.#folders.values()].flatMap(({ place, unreadable, isKept: areKept }) =>
      unreadable === undefined
        ? []
        : [{ path: place.path, code: unreadable, box: place.box, real: place.path, isKept: areKept }],
    );
  }

  /** Updates everything; true if anything changed. A missing image folder counts as unreadable. */
  async refresh(look: Look, followsLinks: boolean): Promise<boolean> {
    let changed: boolean;
    try {
      changed = await this.#readFolder(followsLinks);
    } catch (error) {
      return this.#fail(error);
    }
    changed = this.#outage.end() || changed;
    await sideBySide(this.#folders.values(), FOLDERS_AT_ONCE, async (folder) => {
      changed = (await folder.refresh(look)) || changed;
    });
    return changed;
  }

  #fail(error: unknown): boolean {
    const wasKept = this.#folders.size > 0 || this.#links.length > 0;
    const outage = this.#outage.begin(error, false);
    if (outage.kind === 'unreadable' && outage.isKept) return outage.hasChanged;
    this.#folders.clear();
    this.#links = [];
    this.#hasLoose = false;
    return outage.hasChanged || wasKept;
  }

  async #readFolder(followsLinks: boolean): Promise<boolean> {
    const real = await this.#answers.to(() => fs.realpath(this.#path));
    const { places, links, hasLoose } = await this.#readContent(real, followsLinks);
    let changed = real !== this.#real || !sameLinks(links, this.#links) || hasLoose !== this.#hasLoose;
    this.#real = real;
    this.#links = links;
    this.#hasLoose = hasLoose;
    for (const [box, folder] of this.#folders) {
      const place = places.get(box);
      if (place?.root !== folder.place.root || place.path !== folder.place.path) changed = this.#folders.delete(box);
    }
    for (const [box, place] of places) {
      if (this.#folders.has(box)) continue;
      this.#folders.set(box, new BoxFolder(place, this.#keepMs));
      changed = true;
    }
    return changed;
  }

  /** What lies in the folder, which is `root` resolved. @throws system errors of the folder itself */
  async #readContent(root: string, followsLinks: boolean): Promise<Content> {
    const entries = await this.#answers.to(() => fs.readdir(root, { withFileTypes: true }));
    const places = new Map<string, FolderPlace>();
    const links: SkippedLink[] = [];
    for (const entry of entries.filter(({ name }) => isPublishableName(name))) {
      const { name: box } = entry;
      const place = { root, path: path.join(root, box), box, answers: this.#answersBehind(box) };
      if (entry.isDirectory()) places.set(box, place);
      if (!entry.isSymbolicLink()) continue;
      const followed = await followLink(place, followsLinks, this.#folders.get(box)?.place);
      if (followed === undefined) continue;
      if ('box' in followed) places.set(box, followed);
      else links.push(followed);
    }
    return { places, links, hasLoose: entries.some((entry) => entry.isFile() && isLooseImage(entry.name)) };
  }

  #answersBehind(box: string): DiskAnswers {
    const answers = this.#answersOf.get(box) ?? new DiskAnswers();
    this.#answersOf.set(box, answers);
    return answers;
  }
}

function sameLinks(some: readonly SkippedLink[], others: readonly SkippedLink[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ path: link, target }, index) => link === others[index]?.path && target === others[index]?.target)
  );
}

/** Whether a file in an image folder itself is an image, as mkbox leaves it in a box's folder. */
function isLooseImage(fileName: string): boolean {
  return fileName.endsWith(SET_FILES.zst);
}
