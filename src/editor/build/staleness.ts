import path from 'node:path';
import * as vscode from 'vscode';
import type { CatalogImage } from '../../images/catalog.ts';
import { splitImageName } from '../../images/image-parts.ts';
import { Owner } from '../dispose.ts';
import type { Project } from '../workspace/project.ts';
import type { Settings } from '../workspace/settings.ts';
import { ignoredFiles } from './ignored-files.ts';
import { isCounted, newestFile, type SeenFile, seeFile } from './newest-file.ts';
import type { Recipes } from './recipes.ts';
import { type Source, sourcesOf } from './sources.ts';

/** Changes come in bursts: a checkout, a copy, an editor that saves all. */
const REST_MS = 500;

/** Files that were written together, as by a checkout, are of one age. */
const SAME_AGE_MS = 2_000;

interface StalenessParts {
  readonly project: Project;
  readonly recipes: Recipes;
  readonly settings: Settings;
  readonly log: vscode.LogOutputChannel;
}

/** Which images are older than a file that they are made of. A hint: a checkout makes files new that say the same. */
export class Staleness extends Owner {
  readonly #parts: StalenessParts;
  readonly #changed = this.own(new vscode.EventEmitter<void>());
  /** What was seen below each source, until something there changes. */
  readonly #seen = new Map<string, Promise<SeenFile | undefined>>();
  #newer: ReadonlyMap<string, SeenFile> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(parts: StalenessParts) {
    super();
    this.#parts = parts;
    this.own({ dispose: () => clearTimeout(this.#timer) });
    this.own(parts.project.onDidChange(() => this.#lookSoon()));
    this.own(parts.settings.countIgnoredFiles.onDidChange(() => this.lookAgain()));
    const watcher = this.own(vscode.workspace.createFileSystemWatcher('**/*'));
    for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) {
      this.own(event((uri) => void this.#onHint(uri.fsPath).catch((error) => parts.log.error(error))));
    }
    this.#lookSoon();
  }

  /** The newest file that an image is made of and that is newer than it, as of the last look. */
  newerThan({ folder, image }: Pick<CatalogImage, 'folder' | 'image'>): SeenFile | undefined {
    return this.#newer.get(path.join(folder, image));
  }

  /** Looks now whether a file is newer than `image`. */
  async lookAt(image: CatalogImage): Promise<SeenFile | undefined> {
    const sources = await this.#sources(image);
    for (const source of sources) this.#seen.delete(source.path);
    return this.#newerSource(image, sources);
  }

  /** Looks at everything again, soon: no watcher is sure to tell. */
  lookAgain(): void {
    this.#seen.clear();
    this.#lookSoon();
  }

  /** A watcher tells of a file: all that was seen is looked at again only where that one does not say it all. */
  async #onHint(file: string): Promise<void> {
    if (!isCounted(path.basename(file))) return;
    const hit = [...this.#seen].filter(([source]) => isBelow(file, source));
    for (const [source, seeing] of hit) {
      const [newest, seen] = [await seeing, seeFile(file)];
      const isNewest = seen !== undefined && seen.changedAtMs >= (newest?.changedAtMs ?? 0);
      if (isNewest && this.#parts.settings.countIgnoredFiles.get()) this.#seen.set(source, Promise.resolve(seen));
      else if (isNewest || seen === undefined || newest?.path === file) this.#seen.delete(source);
    }
    if (hit.length > 0) this.#lookSoon();
  }

  #lookSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#looking ??= this.#look()
        .catch((error) => this.#parts.log.error(error))
        .finally(() => {
          this.#looking = undefined;
        });
    }, REST_MS);
  }

  async #look(): Promise<void> {
    const newer = new Map<string, SeenFile>();
    for (const image of this.#parts.project.snapshot.images) {
      const file = await this.#newerSource(image, await this.#sources(image));
      if (file !== undefined) newer.set(path.join(image.folder, image.image), file);
    }
    if (this.isDisposed) return;
    const isOther = JSON.stringify([...newer]) !== JSON.stringify([...this.#newer]);
    this.#newer = newer;
    if (isOther) this.#changed.fire();
  }

  /** None where the image's box or board is not known. */
  async #sources({ folder, image, box, state }: CatalogImage): Promise<Source[]> {
    const { recipes, project } = this.#parts;
    const recipe = recipes.in(folder);
    const board = splitImageName(image, recipe?.name ?? box, project.boards)?.board;
    if (recipe === undefined || board === undefined || state.kind !== 'ready') return [];
    return sourcesOf(recipe.boxbuild, board);
  }

  async #newerSource({ state }: CatalogImage, sources: readonly Source[]): Promise<SeenFile | undefined> {
    if (state.kind !== 'ready') return undefined;
    let newest: SeenFile | undefined;
    for (const source of sources) {
      const seen = await this.#newestIn(source);
      if (seen !== undefined && seen.changedAtMs > (newest?.changedAtMs ?? state.builtAtMs + SAME_AGE_MS))
        newest = seen;
    }
    return newest;
  }

  #newestIn(source: Source): Promise<SeenFile | undefined> {
    const known = this.#seen.get(source.path);
    if (known !== undefined) return known;
    const seen = this.#lookBelow(source);
    this.#seen.set(source.path, seen);
    return seen;
  }

  async #lookBelow({ path: root, isOutput }: Source): Promise<SeenFile | undefined> {
    if (isOutput || this.#parts.settings.countIgnoredFiles.get()) return newestFile(root);
    const ignored = await ignoredFiles(root);
    return newestFile(root, (file) => ignored.has(file));
  }
}

function isBelow(file: string, folder: string): boolean {
  const below = path.relative(folder, file);
  return below === '' || !(below.startsWith('..') || path.isAbsolute(below));
}
