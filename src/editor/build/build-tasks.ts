import path from 'node:path';
import * as vscode from 'vscode';
import { asNamePart, isNamePart } from '../../boxbuild/built-image.ts';
import { findBases } from '../../boxbuild/layout.ts';
import { type BuildOrder, type BuildWish, buildOrder, INSTALLED } from '../../boxbuild/order.ts';
import type { Settings } from '../workspace/settings.ts';
import { EDITOR_FILES } from './editor-files.ts';
import { branchOf } from './git-branch.ts';
import type { BoxRecipe, Recipes } from './recipes.ts';

/** The type of the tasks, in `tasks.json`, too. */
export const TASK_TYPE = 'mkbox';

/** A task that builds an image. */
export interface BuildDefinition extends vscode.TaskDefinition {
  readonly type: typeof TASK_TYPE;
  /** The box's folder: its name, or its path in the workspace folder. */
  readonly box: string;
  readonly board: string;
  readonly branch?: string;
  readonly version?: string;
}

/** The tasks that build images: one for each box and board, and those of `tasks.json`. */
export class BuildTasks {
  readonly #recipes: Recipes;
  readonly #settings: Settings;

  constructor(recipes: Recipes, settings: Settings) {
    this.#recipes = recipes;
    this.#settings = settings;
  }

  /** One for each box and board. */
  async provide(): Promise<vscode.Task[]> {
    const perBox = this.#recipes.all.map(async (recipe) => {
      const branch = await this.usualBranch(recipe.box.path);
      const named = branch === undefined ? undefined : asNamePart(branch);
      return recipe.boards.map((board) =>
        this.taskFor({ boxbuild: recipe.boxbuild, board, ...(named && { branch: named }) }),
      );
    });
    return Promise.all((await Promise.all(perBox)).flat());
  }

  /** Completes a task of `tasks.json`; undefined where there is no such box. */
  async resolve(task: vscode.Task): Promise<vscode.Task | undefined> {
    const wish = this.wishOf(task);
    if (wish === undefined) return undefined;
    const { scope } = task;
    return this.#task(
      await this.#order(wish),
      task.definition,
      typeof scope === 'object' ? scope : undefined,
      task.name,
    );
  }

  /** The task that builds an image. */
  async taskFor(wish: BuildWish): Promise<vscode.Task> {
    const { board, branch, version } = wish;
    const folder = path.dirname(wish.boxbuild);
    const definition: BuildDefinition = {
      type: TASK_TYPE,
      box: this.#nameOf(folder),
      board,
      ...(branch && { branch }),
      ...(version && { version }),
    };
    const what = [branch, version].filter(Boolean).join(' ');
    const name = vscode.l10n.t('{0} for {1}', definition.box, [board, what].filter(Boolean).join(' '));
    return this.#task(await this.#order(wish), definition, workspaceFolderOf(folder), name);
  }

  /** What a task builds; undefined for a task of another kind, and where there is no such box. */
  wishOf({ definition, scope }: vscode.Task): BuildWish | undefined {
    if (!isBuild(definition)) return undefined;
    const recipe = this.#boxNamed(definition.box, typeof scope === 'object' ? scope : undefined);
    if (recipe === undefined) return undefined;
    const { board, branch, version } = definition;
    return { boxbuild: recipe.boxbuild, board, ...named({ branch, version }) };
  }

  /** Where mkbox is; without one, where it was looked for. */
  async findMkbox(boxbuild: string): Promise<{ readonly mkbox: string | undefined; readonly searched: string[] }> {
    const bases = await findBases(boxbuild, EDITOR_FILES);
    const own = bases === undefined ? [] : [path.join(path.dirname(bases.boxes), 'mkbox', 'mkbox')];
    const searched = [...own, ...INSTALLED];
    const found = await Promise.all(searched.map((file) => EDITOR_FILES.exists(file)));
    return { mkbox: searched.find((_, index) => found[index]), searched };
  }

  /** The branch that builds are named after: git's, if the user wants that. */
  async usualBranch(folder: string): Promise<string | undefined> {
    return this.#settings.branchFromGit.get() ? branchOf(folder) : undefined;
  }

  async #order(wish: BuildWish): Promise<BuildOrder> {
    const bases = await findBases(wish.boxbuild, EDITOR_FILES);
    const { mkbox, searched } = await this.findMkbox(wish.boxbuild);
    const buildCommand = this.#settings.buildCommand.get();
    const settings = { mkbox: mkbox ?? searched[0] ?? 'mkbox', bases, buildCommand };
    return buildOrder(wish, settings, process.getuid?.() === 0);
  }

  #task(
    { program, args, cwd, env }: BuildOrder,
    definition: vscode.TaskDefinition,
    folder: vscode.WorkspaceFolder | undefined,
    name: string,
  ): vscode.Task {
    const execution = new vscode.ProcessExecution(program, [...args], { cwd, env: { ...env } });
    const task = new vscode.Task(
      definition,
      folder ?? vscode.TaskScope.Workspace,
      name,
      TASK_TYPE,
      execution,
      '$mkbox',
    );
    task.group = vscode.TaskGroup.Build;
    task.detail = [program, ...args].join(' ');
    // sudo may ask for a password
    const { TaskPanelKind, TaskRevealKind } = vscode;
    task.presentationOptions = {
      reveal: TaskRevealKind.Always,
      panel: TaskPanelKind.Dedicated,
      clear: true,
      focus: program === 'sudo',
    };
    return task;
  }

  /** A box's folder by its name, where only one has that. */
  #nameOf(folder: string): string {
    const name = path.basename(folder);
    const others = this.#recipes.all.filter(({ box }) => path.basename(box.path) === name);
    const workspaceFolder = workspaceFolderOf(folder);
    if (others.length < 2 || workspaceFolder === undefined) return name;
    return path.relative(workspaceFolder.uri.fsPath, folder).split(path.sep).join('/');
  }

  #boxNamed(name: string, folder: vscode.WorkspaceFolder | undefined): BoxRecipe | undefined {
    const roots = folder === undefined ? (vscode.workspace.workspaceFolders ?? []) : [folder];
    const places = new Set(roots.map(({ uri }) => path.resolve(uri.fsPath, name)));
    const { all } = this.#recipes;
    return all.find(({ box }) => places.has(box.path)) ?? all.find(({ box }) => path.basename(box.path) === name);
  }
}

function isBuild(definition: vscode.TaskDefinition): definition is BuildDefinition {
  const { type, box, board } = definition;
  return type === TASK_TYPE && typeof box === 'string' && typeof board === 'string';
}

/** Those of branch and version that there are, as they can be in a name: nobody can be asked here. */
function named(parts: { branch: unknown; version: unknown }): Partial<BuildWish> {
  const { branch, version } = parts;
  const asPart = (text: unknown) => (typeof text !== 'string' ? '' : isNamePart(text) ? text : asNamePart(text));
  return { ...(asPart(branch) && { branch: asPart(branch) }), ...(asPart(version) && { version: asPart(version) }) };
}

function workspaceFolderOf(folder: string): vscode.WorkspaceFolder | undefined {
  return vscode.workspace.getWorkspaceFolder(vscode.Uri.file(folder));
}
