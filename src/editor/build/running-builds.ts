import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { builtImage } from '../../boxbuild/built-image.ts';
import type { BuildWish } from '../../boxbuild/order.ts';
import { unlessBug } from '../../errors.ts';
import { parseBuildId } from '../../images/build-id.ts';
import { SET_FILES } from '../../images/image-name.ts';
import { unlessAbsent } from '../../images/outage.ts';
import { Owner } from '../dispose.ts';
import type { Project } from '../workspace/project.ts';
import type { BuildOutcome } from './build-outcome.ts';
import type { BuildTasks } from './build-tasks.ts';
import type { Recipes } from './recipes.ts';

/** What a shell ends with that was interrupted by Ctrl+C. */
const INTERRUPTED = 130;

/** A set as it was, or is. */
export interface BuiltSet {
  readonly buildId: string;
  readonly zstBytes: number;
}

/** A build that runs. */
export interface RunningBuild {
  readonly wish: BuildWish;
  readonly folder: string;
  /** The image that it makes; undefined where only bash can tell. */
  readonly image: string | undefined;
  readonly startedAtMs: number;
}

/** A build that ended. */
export interface EndedBuild extends RunningBuild {
  readonly outcome: BuildOutcome;
  /** The set before it, where there was one. */
  readonly before: BuiltSet | undefined;
  /** Of what ran in the terminal; undefined where nothing was started. */
  readonly processId: number | undefined;
}

interface RunningBuildsParts {
  readonly tasks: Pick<BuildTasks, 'wishOf'>;
  readonly recipes: Pick<Recipes, 'in'>;
  readonly project: Pick<Project, 'refresh' | 'snapshot'>;
  readonly log: Pick<vscode.LogOutputChannel, 'error'>;
}

/** The builds that run, whoever started them: a command, the list of tasks, another extension. */
export class RunningBuilds extends Owner {
  readonly #parts: RunningBuildsParts;
  readonly #changed = this.own(new vscode.EventEmitter<void>());
  readonly #began = this.own(new vscode.EventEmitter<RunningBuild>());
  readonly #ended = this.own(new vscode.EventEmitter<EndedBuild>());
  readonly #running = new Map<vscode.TaskExecution, RunningBuild & { end(status: number | undefined): void }>();
  readonly #processes = new WeakMap<vscode.TaskExecution, number>();
  readonly #outcomes = new WeakMap<vscode.TaskExecution, Promise<BuildOutcome>>();

  readonly onDidChange = this.#changed.event;
  readonly onDidBegin = this.#began.event;
  readonly onDidEnd = this.#ended.event;

  constructor(parts: RunningBuildsParts) {
    super();
    this.#parts = parts;
    const { tasks } = vscode;
    this.own(tasks.onDidStartTask(({ execution }) => void this.#outcomeOf(execution)));
    this.own(
      tasks.onDidStartTaskProcess(({ execution, processId }) => {
        this.#processes.set(execution, processId);
        if (this.#outcomes.has(execution)) keepFocus(execution.task);
      }),
    );
    this.own(tasks.onDidEndTaskProcess(({ execution, exitCode }) => this.#running.get(execution)?.end(exitCode)));
    this.own(tasks.onDidEndTask(({ execution }) => this.#running.get(execution)?.end(undefined)));
    for (const execution of tasks.taskExecutions) void this.#outcomeOf(execution);
  }

  get all(): readonly RunningBuild[] {
    return [...this.#running.values()];
  }

  /** Runs a task of ours to its end. */
  async run(task: vscode.Task): Promise<BuildOutcome> {
    const execution = await vscode.tasks.executeTask(task);
    return (await this.#outcomeOf(execution)) ?? { kind: 'cancelled' };
  }

  /** What comes of a task; undefined for one that builds no image. */
  #outcomeOf(execution: vscode.TaskExecution): Promise<BuildOutcome> | undefined {
    const known = this.#outcomes.get(execution);
    if (known !== undefined) return known;
    const wish = this.#parts.tasks.wishOf(execution.task);
    if (wish === undefined) return undefined;
    const outcome = this.#follow(execution, wish);
    this.#outcomes.set(execution, outcome);
    outcome.catch((error) => this.#parts.log.error(error));
    return outcome;
  }

  async #follow(execution: vscode.TaskExecution, wish: BuildWish): Promise<BuildOutcome> {
    const folder = path.dirname(wish.boxbuild);
    const name = this.#parts.recipes.in(folder)?.name;
    const image = name === undefined ? undefined : builtImage(name, wish);
    const running = { wish, folder, image, startedAtMs: Date.now() };
    const before = setsIn(folder).catch(unlessBug);
    this.#began.fire(running);
    const status = await new Promise<number | undefined>((end) => {
      this.#running.set(execution, { ...running, end });
      this.#changed.fire();
    });
    const outcome = await this.#outcome(running, status, await before).finally(() => {
      this.#running.delete(execution);
      this.#changed.fire();
    });
    const made = outcome.kind === 'built' ? (outcome.image?.image ?? image) : image;
    this.#ended.fire({
      ...running,
      outcome,
      before: made === undefined ? undefined : (await before)?.get(made),
      processId: this.#processes.get(execution),
    });
    return outcome;
  }

  /** mkbox ends well, too, where it was not run as root and did nothing: only a new set is a build. */
  async #outcome(
    { folder, image, startedAtMs }: RunningBuild,
    status: number | undefined,
    before: ReadonlyMap<string, BuiltSet> | undefined,
  ): Promise<BuildOutcome> {
    const tookMs = Date.now() - startedAtMs;
    const { project } = this.#parts;
    await project.refresh(true);
    if (status === undefined || status === INTERRUPTED) return { kind: 'cancelled' };
    if (status !== 0) return { kind: 'failed', status };
    const after = await setsIn(folder);
    const isNew = (name: string) => after.has(name) && after.get(name)?.buildId !== before?.get(name)?.buildId;
    const made = image === undefined ? [...after.keys()].find(isNew) : isNew(image) ? image : undefined;
    if (made === undefined) return { kind: 'failed', status };
    const { images, shadowed } = project.snapshot;
    const found = [...images, ...shadowed].find((it) => it.folder === folder && it.image === made);
    return { kind: 'built', image: found, tookMs };
  }
}

/** The sets in a folder, by their images; none where it is gone. One that can't be read is left out. @throws system errors of the folder */
async function setsIn(folder: string): Promise<Map<string, BuiltSet>> {
  const names = (await readdir(folder).catch(unlessAbsent)) ?? [];
  const sets = new Map<string, BuiltSet>();
  for (const name of names.filter((file) => file.endsWith(SET_FILES.buildId))) {
    const image = name.slice(0, -SET_FILES.buildId.length);
    const [text, zst] = await Promise.all([
      readFile(path.join(folder, name), 'utf8').catch(unlessBug),
      stat(path.join(folder, image + SET_FILES.zst)).catch(unlessBug),
    ]);
    const buildId = text && parseBuildId(text);
    if (buildId !== undefined && zst !== undefined) sets.set(image, { buildId, zstBytes: zst.size });
  }
  return sets;
}

/** A view that is drawn anew takes back the focus that a terminal gets in that moment: a password would go to the view. */
function keepFocus({ presentationOptions }: vscode.Task): void {
  if (presentationOptions.focus) vscode.window.activeTerminal?.show();
}
