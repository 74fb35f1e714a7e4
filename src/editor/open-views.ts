import type * as vscode from 'vscode';
import type { ImageChecks } from '../checks/image-checks.ts';
import type { LateBuilds } from './build/late-builds.ts';
import type { EarlierBuilds } from './earlier/earlier-builds.ts';
import type { InsideRows } from './inside/inside-rows.ts';
import { Notices } from './notices.ts';
import { logServing } from './request-logger.ts';
import type { Boards } from './serving/boards.ts';
import type { ConsentStore } from './serving/consent.ts';
import type { Serving } from './serving/serving.ts';
import { Ticker } from './ticker.ts';
import { VerifyWhenIdle } from './verify-when-idle.ts';
import { ImagesView } from './views/images-view.ts';
import type { RequestLog } from './views/request-log.ts';
import { RequestsView } from './views/requests-view.ts';
import { StatusBar } from './views/status-bar.ts';
import { examinedEvent } from './workspace/examined-event.ts';
import type { Project } from './workspace/project.ts';
import type { Settings } from './workspace/settings.ts';

/** What is shown and told. */
export interface Shown {
  readonly serving: Serving;
  readonly project: Project;
  readonly checks: ImageChecks;
  readonly boards: Boards;
  readonly builds: EarlierBuilds;
  readonly building: LateBuilds;
  readonly requests: RequestLog;
  readonly consent: ConsentStore;
  readonly settings: Settings;
  readonly log: vscode.LogOutputChannel;
  /** The rows of what is inside images: their code is loaded when the first one is unfolded. */
  readonly insideRows: () => Promise<InsideRows>;
  readonly onFailure: (error: unknown) => void;
}

/** What other parts of the extension do with views. */
export interface Views {
  readonly images: ImagesView;
  /** When the views draw. */
  readonly ticker: Ticker;
}

/**
 * Opens what the user sees of it all, but for the view of boards, who have to be read first: views, the status bar,
 * messages and the log; and verifies new builds in the background, as the view of images tells. `subscriptions` own it.
 */
export function openViews(shown: Shown, subscriptions: vscode.Disposable[]): Views {
  const { serving, project, checks, boards, builds, building, requests, log } = shown;
  const ticker = new Ticker(
    requests,
    serving.onDidChangeState,
    serving.onDidChangeFault,
    project.onDidChange,
    boards.onDidChange,
    builds.onDidChange,
    building.onDidChange,
    examinedEvent(checks),
  );
  const verifying = new VerifyWhenIdle(shown);
  const images = new ImagesView({ ...shown, verifying }, ticker);
  subscriptions.push(
    ticker,
    new Notices(shown),
    logServing({ serving, boards, checks }, log),
    new StatusBar({ serving, requests, project, boards, checks }, ticker),
    verifying,
    images,
    new RequestsView({ requests, boards, onFailure: shown.onFailure }, ticker),
  );
  return { images, ticker };
}
