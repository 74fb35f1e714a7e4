import path from 'node:path';
import * as vscode from 'vscode';
import type { Board } from '../../boards/board.ts';
import type { BuildNeed } from '../../boards/build-need.ts';
import type { LoggedRequest } from '../../boards/logged-request.ts';
import { Keeper } from '../../builds/keeper.ts';
import { KeptBuilds } from '../../builds/kept-builds.ts';
import { ServedImages } from '../../builds/served-images.ts';
import type { ImageChecks } from '../../checks/image-checks.ts';
import type { OnMessage } from '../../words.ts';
import type { Project } from '../workspace/project.ts';
import type { Settings } from '../workspace/settings.ts';

const GIGABYTE = 1e9;

/** What keeping builds depends on. */
export interface KeepingParts {
  /** The extension's folder for this workspace. */
  readonly folder: string;
  readonly project: Project;
  readonly checks: ImageChecks;
  /** All requests, and those by which images are being sent. */
  readonly requests: { readonly requests: readonly LoggedRequest[]; readonly sending: readonly LoggedRequest[] };
  /** While they are not open, nobody knows which builds they are pinned to, or run. */
  readonly boards: {
    readonly list: readonly Board[];
    readonly isOpen: boolean;
    needOf(image: string, build: string): BuildNeed | undefined;
  };
  readonly settings: Settings;
  /** Told what goes wrong. */
  readonly warn: OnMessage;
  /** Disposed of with the extension. */
  readonly subscriptions: vscode.Disposable[];
}

/** Opens what is kept of this workspace's builds, keeps those that are found right, and has boards get what is chosen. */
export async function openEarlier(parts: KeepingParts): Promise<KeptBuilds> {
  const { folder, project, checks, requests, boards, settings, warn, subscriptions } = parts;
  const builds = await KeptBuilds.open(path.join(folder, 'builds'), warn);
  project.serve(new ServedImages(project.catalog, builds));
  const keeper = new Keeper({
    builds,
    catalog: project.catalog,
    checks,
    bounds: () => ({ builds: settings.keepBuilds.get(), bytes: settings.keepSize.get() * GIGABYTE }),
    isBusy: () =>
      !vscode.workspace.isTrusted || !boards.isOpen || requests.requests.some(({ state }) => state.kind === 'running'),
    isNeeded: ({ imageId, buildId }) =>
      boards.needOf(imageId, buildId) !== undefined ||
      requests.sending.some(
        ({ servedBuildId, resolution }) => servedBuildId === buildId && resolution?.found?.id === imageId,
      ),
    isRun: (buildId) => boards.list.some(({ reportedBuild }) => reportedBuild === buildId),
    onMessage: warn,
  });
  subscriptions.push(
    { dispose: () => void keeper.close() },
    settings.keepBuilds.onDidChange(keeper.look),
    settings.keepSize.onDidChange(keeper.look),
  );
  return builds;
}
