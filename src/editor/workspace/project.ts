import * as vscode from 'vscode';
import { Catalog, type CatalogBox, type CatalogSnapshot, type ImageSource } from '../../images/catalog.ts';
import { FolderWatch } from '../../images/folder-watch.ts';
import { Owner } from '../dispose.ts';
import {
  boxesWithRecipe,
  findProject,
  imageFoldersOf,
  imagePathIn,
  type ProjectFolder,
  type WrongPath,
} from './project-folders.ts';
import type { Settings } from './settings.ts';

/** Hints come in bursts while a build writes; a new build should appear within a second. */
const SETTLE_MS = 150;

/** How often the disk is looked at without a hint. */
const RESCAN_MS = 3_000;

/** The image folders of the workspace and what lies in them, kept up to date. */
export class Project extends Owner {
  readonly #settings: Settings;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = this.own(new vscode.EventEmitter<void>());
  readonly #watch: FolderWatch;
  #folders: readonly ProjectFolder[] = [];
  #wrongPaths: readonly WrongPath[] = [];
  #boxbuilds: ReadonlySet<string> = new Set();
  #located = false;
  #locating = 0;
  #settleTimer: NodeJS.Timeout | undefined;

  /** The images, the boxes or the image folders changed. */
  readonly onDidChange = this.#changed.event;
  /** What is in the image folders. */
  readonly catalog = new Catalog([]);
  #served: ImageSource = this.catalog;

  constructor(settings: Settings, log: vscode.LogOutputChannel) {
    super();
    this.#settings = settings;
    this.#log = log;
    this.#watch = new FolderWatch(() => this.#refreshSoon());
    const rescan = setInterval(() => this.#logFailure(this.refresh(false)), RESCAN_MS);
    this.own({
      dispose: () => {
        clearInterval(rescan);
        clearTimeout(this.#settleTimer);
        this.#watch.close();
      },
    });
    this.own(settings.imagePath.onDidChange(() => this.#logFailure(this.locate())));
    this.own(settings.followLinks.onDidChange(() => this.#logFailure(this.locate())));
    this.own(vscode.workspace.onDidChangeWorkspaceFolders(() => this.#logFailure(this.locate())));
  }

  /** The image folders, in the order of the workspace's folders. */
  get folders(): readonly ProjectFolder[] {
    return this.#folders;
  }

  /** Why there is no image folder: the one that is set is not there, or none was found. */
  get absence(): 'wrong-path' | 'no-folder' {
    return this.#wrongPaths.length > 0 ? 'wrong-path' : 'no-folder';
  }

  /** The image paths that are set for folders of the workspace, and name no folder. */
  get wrongPaths(): readonly WrongPath[] {
    return this.#wrongPaths;
  }

  /** The images in the image folders. */
  get snapshot(): CatalogSnapshot {
    return this.catalog.snapshot;
  }

  /** The images as boards get them: earlier builds of some, in place of the newest. */
  get served(): ImageSource {
    return this.#served;
  }

  /** Has boards get what `images` gives, which stands before the catalog. */
  serve(images: ImageSource): void {
    this.#served = images;
  }

  /** Whether a box's folder has its recipe. */
  hasBoxbuild(box: Pick<CatalogBox, 'path'>): boolean {
    return this.#boxbuilds.has(box.path);
  }

  /** Whether any box has its recipe. */
  get hasBoxbuilds(): boolean {
    return this.#boxbuilds.size > 0;
  }

  /** Whether the workspace was searched once: before that, an empty result means nothing. */
  get isLocated(): boolean {
    return this.#located;
  }

  /** Waits until the workspace was searched once. */
  async located(): Promise<void> {
    while (!this.#located) await nextOf(this.onDidChange);
  }

  /** The boards that any of the projects builds for. */
  get boards(): readonly string[] {
    return [...new Set(this.#folders.flatMap((folder) => folder.boards))];
  }

  /** Looks for image folders in the workspace, then at what is in them. */
  async locate(): Promise<void> {
    const turn = ++this.#locating;
    const roots = (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === 'file');
    const set = roots.map((folder) => this.#settings.imagePath.get(folder));
    const found = await Promise.all(
      roots.map((folder, index) =>
        findProject(folder.uri.fsPath, set[index] ?? '', (unreadable, code) =>
          this.#log.warn(`${unreadable} cannot be read (${code}): images in it are not found`),
        ),
      ),
    );
    // a later look, with the settings as they are now, may be done already
    if (turn !== this.#locating) return;
    this.#folders = found.filter((folder) => folder !== undefined);
    this.#takeWrongPaths(
      roots.flatMap(({ name: root, uri }, index) => {
        const path = set[index] ?? '';
        return path === '' || found[index] !== undefined ? [] : { root, folder: imagePathIn(uri.fsPath, path) };
      }),
    );
    this.catalog.useFolders(this.#folders.flatMap(imageFoldersOf), this.#settings.followLinks.get());
    await this.refresh(false);
    this.#located = true;
    this.#changed.fire();
  }

  /** Looks at the image folders; at every file in them if the look is `thorough`. */
  async refresh(thorough: boolean): Promise<void> {
    const before = this.catalog.snapshot;
    const after = await this.catalog.refresh(thorough);
    const boxbuilds = await boxesWithRecipe(after.boxes);
    if (this.isDisposed) return;
    const isOther = after !== before || !areSame(boxbuilds, this.#boxbuilds);
    this.#boxbuilds = boxbuilds;
    this.#watch.watchOnly([...this.#folders.flatMap(imageFoldersOf), ...after.boxes.map((box) => box.path)]);
    if (isOther) this.#changed.fire();
  }

  /** Logs those that are new. */
  #takeWrongPaths(paths: readonly WrongPath[]): void {
    const known = new Set(this.#wrongPaths.map(({ folder }) => folder));
    this.#wrongPaths = paths;
    for (const { root, folder } of paths) {
      if (known.has(folder)) continue;
      this.#log.warn(`mkbox.imagePath: there is no folder ${folder}, where images of ${root} would be`);
    }
  }

  #refreshSoon(): void {
    this.#settleTimer ??= setTimeout(() => {
      this.#settleTimer = undefined;
      this.#logFailure(this.refresh(true));
    }, SETTLE_MS);
  }

  /** Logs the failure of work that nobody waits for: it is a bug. */
  #logFailure(work: Promise<void>): void {
    work.catch((error) => this.#log.error(error));
  }
}

function areSame(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return some.size === others.size && [...some].every((one) => others.has(one));
}

function nextOf(event: vscode.Event<void>): Promise<void> {
  return new Promise((resolve) => {
    const subscription = event(() => {
      subscription.dispose();
      resolve();
    });
  });
}
