import path from 'node:path';
import * as vscode from 'vscode';
import type { BuildRefusal } from '../../boxbuild/build-refusal.ts';
import { builtImage, isNamePart } from '../../boxbuild/built-image.ts';
import type { BuildWish } from '../../boxbuild/order.ts';
import type { ImageChecks } from '../../checks/image-checks.ts';
import type { CatalogBox, CatalogImage, UnpackedImage } from '../../images/catalog.ts';
import { splitImageName } from '../../images/image-parts.ts';
import { Owner } from '../dispose.ts';
import { buildingState, buildingText, staleText } from '../words/build-words.ts';
import { checkOf } from '../words/image-health.ts';
import { knownParts } from '../words/known-parts.ts';
import type { Project } from '../workspace/project.ts';
import type { Settings } from '../workspace/settings.ts';
import type { BuildNode, PossibleImage, RowNote } from './build-nodes.ts';
import type { BuildOutcome } from './build-outcome.ts';
import { BuildProblems } from './build-problems.ts';
import { BuildTasks } from './build-tasks.ts';
import { BuildTerminals } from './build-terminals.ts';
import { partsOfBox } from './composition-rows.ts';
import { EDITOR_FILES } from './editor-files.ts';
import { packageLinks } from './package-links.ts';
import { type BoxRecipe, Recipes, recipeIn } from './recipes.ts';
import { type EndedBuild, type RunningBuild, RunningBuilds } from './running-builds.ts';
import type { SeenFile } from './seen-tree.ts';
import { Staleness } from './staleness.ts';

/** The time of a running build is shown in seconds. */
const CLOCK_MS = 1_000;
/** What is kept of builds, by the image's path. */
const TIMES_KEY = 'mkbox.buildTimes';

export interface BuildsParts {
  readonly project: Project;
  readonly checks: ImageChecks;
  readonly settings: Settings;
  readonly log: vscode.LogOutputChannel;
  /** Keeps how long builds took, for this workspace. */
  readonly memento: vscode.Memento;
}

/** What can be built in the workspace, what is being built, and which images are older than what they are made of. */
export class Builds extends Owner {
  readonly tasks: BuildTasks;
  readonly #parts: BuildsParts;
  readonly #recipes = new Recipes();
  readonly #running: RunningBuilds;
  readonly #staleness: Staleness;
  readonly #changed = this.own(new vscode.EventEmitter<void>());
  #clock: NodeJS.Timeout | undefined;
  #lastFailed: BuildWish | undefined;

  /** There is something new to show. */
  readonly onDidChange = this.#changed.event;
  /** A build began, whoever began it. */
  readonly onDidBegin: vscode.Event<RunningBuild>;
  /** A build ended, whoever began it. */
  readonly onDidEnd: vscode.Event<EndedBuild>;

  private constructor(parts: BuildsParts) {
    super();
    this.#parts = parts;
    const { project, settings, log } = parts;
    this.tasks = new BuildTasks(this.#recipes, settings);
    this.#running = this.own(new RunningBuilds({ tasks: this.tasks, recipes: this.#recipes, project, log }));
    this.#staleness = this.own(new Staleness({ project, recipes: this.#recipes, settings, log }));
    this.onDidBegin = this.#running.onDidBegin;
    this.onDidEnd = this.#running.onDidEnd;
    this.own(this.#running.onDidChange(() => this.#onRunning()));
    this.own(this.#running.onDidEnd((ended) => this.#onEnd(ended)));
    this.own(this.#staleness.onDidChange(() => this.#changed.fire()));
    const terminals = this.own(new BuildTerminals(() => this.#running.all.length > 0, log));
    this.own(new BuildProblems(this.#running, terminals, log));
    this.own(vscode.window.registerTerminalLinkProvider(packageLinks(() => this.#lastFailed)));
    this.own(project.onDidChange(() => this.#readRecipes()));
    const { workspace } = vscode;
    this.own(workspace.createFileSystemWatcher('**/BOXBUILD')).onDidChange(() => this.#readRecipes());
    // of a folder that is new, only the folder itself may be told of
    const places = this.own(
      workspace.createFileSystemWatcher('**/{BOXBUILD,boards,boxes,examples,boards/*}', false, true),
    );
    for (const event of [places.onDidCreate, places.onDidDelete]) {
      this.own(event(() => project.locate().catch((error) => log.error(error))));
    }
    this.own({ dispose: () => clearInterval(this.#clock) });
  }

  /** Finds the boxes of the workspace, and reads their BOXBUILDs, first: a task may be wanted as soon as a window is open. */
  static async open(parts: BuildsParts): Promise<Builds> {
    await parts.project.located();
    const builds = new Builds(parts);
    await builds.#recipes.read(parts.project.snapshot.boxes);
    return builds;
  }

  /** The boxes that can be built. */
  get recipes(): readonly BoxRecipe[] {
    return this.#recipes.all;
  }

  recipeIn(folder: string): BoxRecipe | undefined {
    return this.#recipes.in(folder);
  }

  /** Whether an image is being built. */
  get isBuilding(): boolean {
    return this.#running.all.length > 0;
  }

  /** What building adds to the row of an image. */
  noteOf(image: Pick<CatalogImage, 'folder' | 'image'>): RowNote | undefined {
    const { l10n, env } = vscode;
    const building = this.#buildOf(image);
    if (building !== undefined) {
      const lastMs = this.#times[path.join(image.folder, image.image)];
      const text = buildingText(Date.now() - building.startedAtMs, lastMs, l10n, env.language);
      return { look: 'building', text, state: buildingState(this.#isServed(image), l10n) };
    }
    const file = this.#staleness.newerThan(image);
    if (file === undefined) return undefined;
    const text = staleText(vscode.workspace.asRelativePath(file.path), l10n);
    return { look: 'stale', text, state: text };
  }

  /** The images of a box that can be built and were not, one for each board. */
  possibleIn(box: CatalogBox): PossibleImage[] {
    const recipe = this.#recipes.in(box.path);
    const name = recipe?.name;
    if (recipe === undefined || name === undefined) return [];
    const { images, shadowed, unpacked } = this.#parts.project.snapshot;
    const there = [...images, ...shadowed, ...unpacked].filter(({ folder }) => folder === box.path);
    const built = new Set(there.map(({ image }) => splitImageName(image, name, recipe.boards)?.board));
    const missing = recipe.boards.filter((board) => !built.has(board));
    return missing.map((board) => {
      const running = this.#running.all.find(({ folder, wish }) => folder === box.path && wish.board === board);
      return { folder: box.path, board, image: running?.image ?? builtImage(name, { board }) };
    });
  }

  /** What a box consists of. */
  async childrenOf(node: BuildNode): Promise<BuildNode[]> {
    if (node.kind === 'part') return [...node.children];
    const recipe = node.kind === 'recipe' ? this.#recipes.in(node.box.path) : undefined;
    return recipe === undefined ? [] : partsOfBox(recipe, EDITOR_FILES, vscode.l10n, vscode.env.language);
  }

  /** What to build to have an image anew; undefined where its box, or its board, is not known. */
  wishOf(image: CatalogImage | UnpackedImage | PossibleImage): BuildWish | undefined {
    const recipe = this.#recipes.in(image.folder);
    if (recipe === undefined) return undefined;
    const { boxbuild } = recipe;
    if ('board' in image) return { boxbuild, board: image.board };
    const { boards } = this.#parts.project;
    const parts =
      'state' in image
        ? knownParts(image, checkOf(image, this.#parts.checks)?.examination, boards)
        : splitImageName(image.image, image.box, boards);
    if (parts === undefined) return undefined;
    const { board, branch, version } = parts;
    return { boxbuild, board, ...(branch !== undefined && { branch }), ...(version !== undefined && { version }) };
  }

  /** The newest file that `image` is made of, where that is newer than the image: looked for now. */
  newerFile(image: CatalogImage): Promise<SeenFile | undefined> {
    return this.#staleness.lookAt(image);
  }

  /** Looks again which images are stale. */
  lookAgain(): void {
    this.#staleness.lookAgain();
  }

  /** Builds an image in a terminal of its own, to the end. */
  async build(wish: BuildWish): Promise<BuildOutcome> {
    const reason = await this.#refusalOf(wish);
    if (reason !== undefined) return { kind: 'refused', reason };
    return this.#running.run(await this.tasks.taskFor(wish));
  }

  async #refusalOf(wish: BuildWish): Promise<BuildRefusal | undefined> {
    const { boxbuild, branch, version } = wish;
    if (!vscode.workspace.isTrusted) return { kind: 'not trusted' };
    const folder = path.dirname(boxbuild);
    const recipe = this.#recipes.in(folder) ?? (await recipeIn({ name: path.basename(folder), path: folder }));
    if (recipe === undefined) return { kind: 'no BOXBUILD', path: boxbuild };
    const bad = [branch, version].find((part) => part !== undefined && part !== '' && !isNamePart(part));
    if (bad !== undefined) return { kind: 'bad name', part: bad };
    const image = recipe.name === undefined ? undefined : builtImage(recipe.name, wish);
    const isRunning = this.#running.all.some((it) => it.folder === folder && it.image === image && image !== undefined);
    if (isRunning && image !== undefined) return { kind: 'building already', image };
    if (this.#parts.settings.buildCommand.get().length > 0) return undefined;
    const { mkbox, searched } = await this.tasks.findMkbox(boxbuild);
    return mkbox === undefined ? { kind: 'no mkbox', searched } : undefined;
  }

  #buildOf({ folder, image }: Pick<CatalogImage, 'folder' | 'image'>): RunningBuild | undefined {
    return this.#running.all.find((running) => running.folder === folder && running.image === image);
  }

  #isServed({ folder, image }: Pick<CatalogImage, 'folder' | 'image'>): boolean {
    const found = this.#parts.project.snapshot.images.find((it) => it.folder === folder && it.image === image);
    return found?.state.kind === 'ready';
  }

  #readRecipes(): void {
    this.#recipes
      .read(this.#parts.project.snapshot.boxes)
      .then((isOther) => isOther && this.#changed.fire())
      .catch((error) => this.#parts.log.error(error));
  }

  #onRunning(): void {
    const isRunning = this.#running.all.length > 0;
    if (isRunning) this.#clock ??= setInterval(() => this.#changed.fire(), CLOCK_MS);
    else {
      clearInterval(this.#clock);
      this.#clock = undefined;
    }
    this.#changed.fire();
  }

  get #times(): Readonly<Record<string, number>> {
    return this.#parts.memento.get<Record<string, number>>(TIMES_KEY, {});
  }

  /** Keeps how long a build took, and which one failed last. */
  #onEnd({ folder, image, outcome, wish }: EndedBuild): void {
    if (outcome.kind === 'failed') this.#lastFailed = wish;
    if (outcome.kind !== 'built' || image === undefined) return;
    const times = { ...this.#times, [path.join(folder, image)]: outcome.tookMs };
    this.#parts.memento.update(TIMES_KEY, times).then(undefined, (error) => this.#parts.log.error(error));
  }
}
