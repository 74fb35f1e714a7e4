/** What commands act on, as it is in a window that serves: an image, its kept builds, and the boards that asked for it. */
import type { LogOutputChannel, WorkspaceFolder } from 'vscode';
import type { KeptBuilds } from '../../../src/builds/kept-builds.ts';
import { ImageChecks } from '../../../src/checks/image-checks.ts';
import { Acts } from '../../../src/control/acts.ts';
import { AuditLog } from '../../../src/control/audit-log.ts';
import type { CommandContext, Row } from '../../../src/editor/commands/command.ts';
import { type Bench as BoardsBench, startBench } from '../../boards/bench.ts';
import { type Bench as ImagesBench, makeBench as makeImages } from '../../builds/kept.ts';
import { errors, told, user, workspace, write } from '../window.ts';

const { runCommand } = await import('../../../src/editor/commands/commands.ts');
const { EarlierBuilds } = await import('../../../src/editor/earlier/earlier-builds.ts');
const { ConsentStore } = await import('../../../src/editor/serving/consent.ts');
const { Serving } = await import('../../../src/editor/serving/serving.ts');
const { Boards } = await import('../../../src/editor/serving/boards.ts');
const { Project } = await import('../../../src/editor/workspace/project.ts');
const { openSettings } = await import('../../../src/editor/workspace/settings.ts');

export interface Site extends AsyncDisposable {
  readonly images: ImagesBench;
  readonly boards: BoardsBench;
  readonly acts: Acts;
  readonly builds: KeptBuilds;
  readonly project: CommandContext['project'];
  readonly serving: CommandContext['serving'];
  /** Runs a command, on a row where one is given, and answers what the user was told. */
  run(id: `mkbox.${string}`, row: Row | undefined, ...answers: readonly Answer[]): Promise<readonly string[]>;
}

/** What the user answers, and what happens while they think. */
export interface Answer {
  /** Where it depends on what is asked, a function of that. */
  readonly with: unknown;
  readonly meanwhile?: () => unknown;
}

/** Opens it; `prepare` makes the images, and what is kept of them. */
export async function openSite(prepare: (images: ImagesBench, builds: KeptBuilds) => Promise<unknown>): Promise<Site> {
  const images = await makeImages();
  const builds = await images.open();
  await prepare(images, builds);
  workspace.workspaceFolders = [
    {
      uri: { scheme: 'file', fsPath: images.boxes.root, toString: () => `file://${images.boxes.root}` },
    } as WorkspaceFolder,
  ];
  write('mkbox.port', 0);
  write('mkbox.allow', []);
  const settings = openSettings();
  const logged: string[] = [];
  const note = (text: unknown) => void logged.push(String(text));
  const log = { info: note, warn: note, error: note } as unknown as LogOutputChannel;
  const project = new Project(settings, log);
  await project.locate();
  const boards = await startBench(
    { keptBuild: (imageId, buildId) => builds.find({ imageId, buildId }) },
    async () => {},
    {
      catalog: project.catalog,
    },
  );
  const { registry } = boards;
  const audit = await AuditLog.open(undefined, note);
  const acts = new Acts({ registry, audit, by: 'anna' });
  const opened = new Boards(async () => ({ registry, acts, audit }));
  const earlier = new EarlierBuilds(async () => builds);
  const checks = new ImageChecks();
  const parts = { settings, project, checks, boards: opened, builds: earlier, log };
  const serving = new Serving({ ...parts, consent: new ConsentStore(undefined), version: '1.0.0' });
  const context = {
    project,
    serving,
    settings,
    log,
    checks,
    boards: opened,
    builds: earlier,
    boardsView: Promise.resolve({ selection: [] }),
    imagesView: Promise.resolve({ selected: undefined }),
  } as unknown as CommandContext;
  return {
    images,
    boards,
    acts,
    builds,
    project,
    serving,
    async run(id, row, ...answers) {
      const left = [...answers];
      user.answer = async (question) => {
        const answer = left.shift();
        await answer?.meanwhile?.();
        return typeof answer?.with === 'function' ? answer.with(question) : answer?.with;
      };
      told.length = 0;
      errors.length = 0;
      await runCommand(id, context, row);
      return [...told, ...errors];
    },
    async [Symbol.asyncDispose]() {
      await serving.close();
      for (const part of [serving, project, earlier, opened, settings]) part.dispose();
      await checks.close();
      await boards[Symbol.asyncDispose]();
      await images[Symbol.asyncDispose]();
      workspace.workspaceFolders = undefined;
    },
  };
}
