import path from 'node:path';
import * as vscode from 'vscode';
import type { CatalogImage } from '../../images/catalog.ts';
import { splitImageName } from '../../images/image-parts.ts';
import { isInside } from '../../images/pinned-file.ts';
import { Owner } from '../dispose.ts';
import type { Project } from '../workspace/project.ts';
import type { Settings } from '../workspace/settings.ts';
import { ignoredFiles } from './ignored-files.ts';
import type { Recipes } from './recipes.ts';
import { isCounted, type SeenFile, SeenTree } from './seen-tree.ts';
import { type Source, sourcesOf } from './sources.ts';

/** Changes come in bursts: a checkout, a copy, an editor that saves all. */
const REST_MS = 500;

/** How often everything is looked at again, at most, when the user comes back to the window: no watcher is sure to tell. */
const RECHECK_MS = 60_000;

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
  /** What was seen of each source, by its path. */
  readonly #trees = new Map<string, SeenTree>();
  #newer: ReadonlyMap<string, SeenFile> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  #checkedAtMs = Date.now();

  readonly onDidChange = this.#changed.event;

  constructor(parts: StalenessParts) {
    super();
    this.#parts = parts;
    this.own({ dispose: () => clearTimeout(this.#timer) });
    this.own(parts.project.onDidChange(() => this.#lookSoon()));
    this.own(parts.settings.countIgnoredFiles.onDidChange(() => this.#onOtherCount()));
    const watcher = this.own(vscode.workspace.createFileSystemWatcher('**/*'));
    this.own(watcher.onDidCreate(({ fsPath }) => this.#onHint(fsPath, true)));
    this.own(watcher.onDidChange(({ fsPath }) => this.#onHint(fsPath, false)));
    this.own(watcher.onDidDelete(({ fsPath }) => this.#onHint(fsPath, false)));
    this.own(vscode.window.onDidChangeWindowState(({ focused }) => focused && this.#onReturn()));
    this.#lookSoon();
  }

  /** The newest file that an image is made of and that is newer than it, as of the last look. */
  newerThan({ folder, image }: Pick<CatalogImage, 'folder' | 'image'>): SeenFile | undefined {
    return this.#newer.get(path.join(folder, image));
  }

  /** Looks now whether a file is newer than `image`, at every file. */
  async lookAt(image: CatalogImage): Promise<SeenFile | undefined> {
    const sources = await this.#sources(image);
    for (const { path: source } of sources) this.#trees.get(source)?.forgetAll();
    return this.#newerSource(image, sources);
  }

  /** Looks at everything again, soon. */
  lookAgain(): void {
    this.#checkedAtMs = Date.now();
    for (const tree of this.#trees.values()) tree.forgetAll();
    this.#lookSoon();
  }

  #onReturn(): void {
    if (Date.now() - this.#checkedAtMs >= RECHECK_MS) this.lookAgain();
  }

  #onOtherCount(): void {
    this.#trees.clear();
    this.#lookSoon();
  }

  #onHint(file: string, isNew: boolean): void {
    const name = path.basename(file);
    if (!isCounted(name)) return;
    const isOfGit = name === '.gitignore'; // that of a folder above counts, too
    const hit = [...this.#trees].filter(([source]) => isOfGit || file === source || isInside(source, file));
    for (const [, tree] of hit) {
      if (isOfGit) tree.forgetAll();
      else tree.forget(file);
      if (isNew) tree.forgetIgnored();
    }
    if (hit.length > 0) this.#lookSoon();
  }

  /** One look at a time: what is told during one is looked at by the next. */
  #lookSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#isLooking) return this.#lookSoon();
      this.#isLooking = true;
      this.#look()
        .catch((error) => this.#parts.log.error(error))
        .finally(() => {
          this.#isLooking = false;
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
      const seen = await this.#treeOf(source).newest();
      if (seen !== undefined && seen.changedAtMs > (newest?.changedAtMs ?? state.builtAtMs + SAME_AGE_MS))
        newest = seen;
    }
    return newest;
  }

  #treeOf({ path: root, isOutput }: Source): SeenTree {
    const countsAll = isOutput || this.#parts.settings.countIgnoredFiles.get();
    const tree = this.#trees.get(root) ?? new SeenTree(root, countsAll ? undefined : ignoredFiles);
    // nobody tells of changes outside of the workspace
    if (vscode.workspace.getWorkspaceFolder(vscode.Uri.file(root)) === undefined) tree.forgetAll();
    this.#trees.set(root, tree);
    return tree;
  }
}
