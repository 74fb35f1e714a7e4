import path from 'node:path';
import * as vscode from 'vscode';
import type { KeptBuilds } from './builds/kept-builds.ts';
import { ImageChecks } from './checks/image-checks.ts';
import { createApi, type MkboxApi } from './editor/api.ts';
import { BoxbuildOpening } from './editor/build/boxbuild-opening.ts';
import type { Builds } from './editor/build/builds.ts';
import { LateBuilds } from './editor/build/late-builds.ts';
import type { ChangesView } from './editor/changes/changes-view.ts';
import { registerCommands } from './editor/commands/register-commands.ts';
import { EarlierBuilds } from './editor/earlier/earlier-builds.ts';
import type { BuildsSeen } from './editor/inside/builds-seen.ts';
import type { ImageFiles } from './editor/inside/image-files.ts';
import type { InsideRows } from './editor/inside/inside-rows.ts';
import { LateImageFiles } from './editor/inside/late-image-files.ts';
import type { OpenImages } from './editor/inside/open-images.ts';
import type { ModelAnswers } from './editor/model-answers.ts';
import { registerModelTools } from './editor/model-tools.ts';
import type { Views } from './editor/open-views.ts';
import { Boards } from './editor/serving/boards.ts';
import { ConsentStore } from './editor/serving/consent.ts';
import { Serving } from './editor/serving/serving.ts';
import { servingContext } from './editor/serving/serving-context.ts';
import { Updates } from './editor/update/updates.ts';
import type { BoardsView } from './editor/views/boards-view.ts';
import { RequestLog } from './editor/views/request-log.ts';
import { plainMessage } from './editor/words/plain-message.ts';
import { Project } from './editor/workspace/project.ts';
import { openSettings } from './editor/workspace/settings.ts';
import { buildIdOf } from './images/image-state.ts';
import type { Told } from './words.ts';

/** What is read of package.json. */
interface Manifest {
  readonly version: string;
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly languageModelTools: readonly { readonly name: string }[];
  };
}

/** Kept for `deactivate`, the only place whose promise the editor awaits. */
let running:
  | {
      readonly updates: Updates;
      readonly serving: Serving;
      readonly boards: Boards;
      readonly requests: RequestLog;
      readonly checks: ImageChecks;
    }
  | undefined;

/** Builds the parts, wires them, and serves if the user wants that. */
export function activate(context: vscode.ExtensionContext): MkboxApi {
  const log = vscode.window.createOutputChannel('mkbox', { log: true });
  const settings = openSettings();
  const consent = new ConsentStore(context.storageUri?.fsPath);
  const project = new Project(settings, log);
  const { version, contributes }: Manifest = context.extension.packageJSON;
  const checks = new ImageChecks(context.storageUri && path.join(context.storageUri.fsPath, 'checks.json'));
  const judgeBySettings = () => {
    checks.policy = { allowForeign: settings.allowForeignImages.get() };
  };
  judgeBySettings();
  checks.events.on('damaged', (text) => log.warn(text));
  checks.events.on('unkept', (code) => log.warn(`can't save image check results (${code})`));
  checks.events.on('right', (set) => {
    buildsSeen()
      .then((seen) => seen.add(set))
      .catch(logFailure);
  });
  const { events } = project.catalog;
  events.on('unreadable', ({ path: folder, code }) => log.warn(`${folder} cannot be read (${code})`));
  events.on('readable', (folder) => log.info(`${folder} can be read again`));
  const boards = new Boards(async () => {
    const { openBoards } = await import('./editor/after-activation.ts');
    const { fsPath: folder } = context.globalStorageUri;
    const keptBuild = builds.find.bind(builds);
    const { subscriptions } = context;
    const stopsLoops = settings.stopLoops.get;
    const snapshot = () => project.served.snapshot;
    const told = { onMessage: warn, onFailure: logFailure };
    return openBoards({ folder, settings, stopsLoops, snapshot, keptBuild, ...told, subscriptions });
  });
  const builds = new EarlierBuilds(keepBuilds);
  const serving = new Serving({ settings, project, checks, consent, boards, builds, version, log });
  const requests = new RequestLog({
    serving,
    boards,
    async openFile() {
      const { openRequests } = await import('./editor/after-activation.ts');
      return openRequests(context.globalStorageUri.fsPath, warn);
    },
    onFailure: logFailure,
  });
  const building = new LateBuilds(openBuilds, logFailure);
  // the editor goes on with other extensions before anything is looked for
  const activated = new Promise<void>((resolve) => setImmediate(resolve));
  let isDecided = false;
  let opened: Promise<OpenImages> | undefined;
  let rowsInside: Promise<InsideRows> | undefined;
  let seen: Promise<BuildsSeen> | undefined;
  let changesView: Promise<ChangesView> | undefined;
  let modelAnswers: Promise<ModelAnswers> | undefined;
  const views = activated.then(showViews);
  const imagesView = views.then(({ images }) => images);
  const boardsView = views.then(showBoards);
  Promise.all([imagesView, boardsView]).catch(logFailure);
  const updates = new Updates();
  running = { updates, serving, boards, requests, checks };

  context.subscriptions.push(
    log,
    settings,
    settings.allowForeignImages.onDidChange(judgeBySettings),
    project,
    serving,
    boards,
    builds,
    building,
    requests,
    new BoxbuildOpening(log),
    new LateImageFiles(openFiles, logFailure),
    servingContext(serving, logFailure),
    registerCommands(
      contributes.commands.map(({ command }) => command),
      {
        serving,
        project,
        requests,
        checks,
        boards,
        builds,
        boardsView,
        imagesView,
        openImages,
        changes: openChanges,
        building,
        consent,
        settings,
        updates,
        extensionFolder: context.extensionPath,
        log,
      },
    ),
    registerModelTools(
      contributes.languageModelTools.map(({ name }) => name),
      openModelAnswers,
    ),
    vscode.workspace.onDidGrantWorkspaceTrust(() => autoStart().catch(logFailure)),
    project.onDidChange(() => autoStart().catch(logFailure)),
  );

  function logFailure(error: unknown): void {
    log.error(error instanceof Error ? error : String(error));
  }
  /** What opens images to look into them, and the files in them for editors. */
  function openImages(): Promise<OpenImages> {
    opened ??= import('./editor/inside/open-images.ts').then(({ OpenImages }) => {
      const images = new OpenImages(
        log,
        path.join(context.globalStorageUri.fsPath, 'inside'),
        settings.insideCacheSize,
      );
      context.subscriptions.push(images);
      return images;
    });
    return opened;
  }
  /** The rows of what is inside images. */
  function insideRows(): Promise<InsideRows> {
    rowsInside ??= Promise.all([openImages(), buildsSeen(), import('./editor/after-activation.ts')]).then(
      ([images, { inventories }, { InsideRows }]) =>
        new InsideRows(
          (image, tree, look) => images.look(image, tree, look),
          (buildId) => inventories.packageCount(buildId),
          vscode.l10n,
        ),
    );
    return rowsInside;
  }
  /** The builds that were found right. */
  function buildsSeen(): Promise<BuildsSeen> {
    seen ??= import('./editor/after-activation.ts').then(({ BuildsSeen }) => {
      const builds = new BuildsSeen(context.globalStorageUri.fsPath, { checks, requests, log });
      context.subscriptions.push(builds);
      return builds;
    });
    return seen;
  }
  /** The builds that are kept in this workspace's folder. */
  async function keepBuilds(): Promise<KeptBuilds | undefined> {
    const folder = context.storageUri?.fsPath;
    if (folder === undefined) return undefined;
    const { openEarlier } = await import('./editor/after-activation.ts');
    const { subscriptions } = context;
    return openEarlier({ folder, project, checks, requests, boards, settings, warn, subscriptions });
  }
  /** What reads the files inside images, once these can be found. */
  async function openFiles(): Promise<ImageFiles> {
    const [{ ImageFiles }] = await Promise.all([
      import('./editor/after-activation.ts'),
      project.located(),
      builds.open(),
    ]);
    return new ImageFiles(project, builds, openImages);
  }
  /** The view of changes. */
  function openChanges(): Promise<ChangesView> {
    changesView ??= Promise.all([openImages(), buildsSeen(), import('./editor/after-activation.ts')]).then(
      ([images, seen, { BuildInventories, ChangesView }]) => {
        const inventories = new BuildInventories(images, seen.inventories);
        const { showExpectedChanges: showsExpected } = settings;
        const view = new ChangesView({ project, builds, inventories, showsExpected, onFailure: logFailure });
        context.subscriptions.push(view);
        return view;
      },
    );
    return changesView;
  }
  /** What language models are told. */
  function openModelAnswers(): Promise<ModelAnswers> {
    modelAnswers ??= Promise.all([openImages(), buildsSeen(), import('./editor/after-activation.ts')]).then(
      ([images, seen, { BuildInventories, ModelAnswers }]) => {
        const inventories = new BuildInventories(images, seen.inventories);
        return new ModelAnswers({ project, checks, boards, builds, inventories, log });
      },
    );
    return modelAnswers;
  }
  /** What builds images, and tells what came of it. */
  async function openBuilds(): Promise<Builds> {
    const { Builds, BuildNotices } = await import('./editor/after-activation.ts');
    const opened = await Builds.open({ project, checks, settings, log, memento: context.workspaceState });
    context.subscriptions.push(new BuildNotices({ builds: opened, boards, project, changes: openChanges, log }));
    return opened;
  }
  /** What is seen at the start: activation does not wait for it, nor for its code. */
  async function showViews(): Promise<Views> {
    const { openViews } = await import('./editor/after-activation.ts');
    const parts = { serving, project, checks, boards, builds, building, requests, consent, settings, log };
    return openViews({ ...parts, insideRows, onFailure: logFailure }, context.subscriptions);
  }
  /** The boards' view, once they were read: activation does not wait for them. */
  async function showBoards({ ticker }: Views): Promise<BoardsView> {
    const [{ BoardsView, HaltNotices }, { registry, acts, audit }] = await Promise.all([
      import('./editor/after-activation.ts'),
      boards.openAll(),
    ]);
    const { workspaceState: memento } = context;
    const view = new BoardsView({ registry, audit, project, requests, checks, memento, onFailure: logFailure }, ticker);
    const show = (id: string) => view.show(id);
    const newest = (image: string) => buildIdOf(project.snapshot.byId.get(image));
    const halts = new HaltNotices({ registry, acts, builds: () => builds.open(), newest, show, log });
    context.subscriptions.push(view, halts);
    return view;
  }
  function warn(line: string, told: Told): void {
    log.warn(line);
    void vscode.window.showWarningMessage(plainMessage(vscode.l10n.t('mkbox: {0}', told(vscode.l10n))));
  }
  /** Serves, if the user wants that, when the workspace is trusted and its images are found: once, lest it undo a stop. */
  async function autoStart(): Promise<void> {
    if (isDecided || !vscode.workspace.isTrusted || project.folders.length === 0) return;
    isDecided = true;
    if (!settings.autoStart.get() || serving.state.kind !== 'stopped') return;
    await serving.serve({ kind: 'all' });
  }
  activated.then(() => Promise.all([project.locate(), builds.open()])).catch(logFailure);
  return createApi(serving, project, boards, log);
}

/**
 * Ends updates, closes the server, and keeps what is known of boards and images, within the time that the editor gives. What is being
 * sent may wait for its image to be checked: the checks end after the server, when the parts are long disposed of.
 */
export async function deactivate(): Promise<void> {
  if (running === undefined) return;
  const { updates, serving, boards, requests, checks } = running;
  const kept = requests.close(); // if the time is too short for what is being sent
  await updates.close();
  await serving.close();
  await kept;
  await Promise.all([boards.close(), requests.close(), checks.close()]);
}
