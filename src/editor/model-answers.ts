import * as vscode from 'vscode';
import type { ImageChecks } from '../checks/image-checks.ts';
import { UserError } from '../errors.ts';
import type { CatalogImage } from '../images/catalog.ts';
import { reportBoards, reportImages } from '../status/report.ts';
import { callTool, type ToolSources } from '../tools/tool.ts';
import { TOOLS } from '../tools/tools.ts';
import type { BuildInventories } from './changes/build-inventories.ts';
import type { EarlierBuilds } from './earlier/earlier-builds.ts';
import type { Boards } from './serving/boards.ts';
import { untilCancelled } from './until-cancelled.ts';
import type { Project } from './workspace/project.ts';

/** Before a tool's name: the editor has those of all extensions. */
const PREFIX = 'mkbox_';

export interface ModelAnswersParts {
  readonly project: Project;
  readonly checks: ImageChecks;
  readonly boards: Boards;
  readonly builds: EarlierBuilds;
  readonly inventories: BuildInventories;
  readonly log: vscode.LogOutputChannel;
}

/** What language models are told of this window's images and boards. */
export class ModelAnswers {
  readonly #sources: ToolSources;
  readonly #log: vscode.LogOutputChannel;

  constructor(parts: ModelAnswersParts) {
    this.#sources = sourcesOf(parts);
    this.#log = parts.log;
  }

  /** The answer of one of the manifest's tools, empty when it was cancelled. @throws UserError in words for the model */
  async answer(name: string, input: object, token: vscode.CancellationToken): Promise<vscode.LanguageModelToolResult> {
    const tool = TOOLS.find((it) => PREFIX + it.name === name);
    if (tool === undefined) throw new Error(`there is no tool ${name}`);
    try {
      const text = await untilCancelled(token, (signal) => callTool(tool, input, this.#sources, signal));
      return new vscode.LanguageModelToolResult(text === undefined ? [] : [new vscode.LanguageModelTextPart(text)]);
    } catch (error) {
      if (!(error instanceof UserError)) this.#log.error(error instanceof Error ? error : String(error));
      throw error;
    }
  }
}

function sourcesOf({ project, checks, boards, builds, inventories }: ModelAnswersParts): ToolSources {
  /** The images as boards get them, now. */
  const served = async () => {
    const kept = await builds.open();
    if (!project.isLocated) await project.locate(); // a call may have activated the extension
    return { kept, snapshot: await project.served.refresh() };
  };
  const take = (image: CatalogImage | undefined, name: string, signal: AbortSignal) => {
    if (image?.state.kind === 'ready') return inventories.takeQuietly(image, { signal });
    throw new UserError(`${name} is not complete`);
  };
  return {
    async images() {
      const { kept, snapshot } = await served();
      return reportImages(snapshot, checks, kept);
    },
    async boards() {
      const [registry, { snapshot }] = await Promise.all([boards.open(), served()]);
      return reportBoards(registry, snapshot);
    },
    builds: async () => (await inventories.list()).map(({ buildId }) => buildId),
    inventoryOfImage: async (id, signal) => take(project.snapshot.byId.get(id), id, signal),
    async inventoryOfBuild(buildId, signal) {
      const copy = builds.list.find((build) => build.buildId === buildId);
      return (await inventories.kept(buildId)) ?? take(copy, `build ${buildId}`, signal);
    },
  };
}
