import type * as vscode from 'vscode';
import { Notices } from './notices.ts';
import { logServing } from './request-logger.ts';
import type { ConsentStore } from './serving/consent.ts';
import { SettingNotices } from './setting-notices.ts';
import { showFailure } from './show-problem.ts';
import { Ticker } from './ticker.ts';
import { VerifyWhenIdle } from './verify-when-idle.ts';
import { ImagesView, type ImagesViewParts } from './views/images-view.ts';
import { RequestsView } from './views/requests-view.ts';
import { StatusBar } from './views/status-bar.ts';
import { examinedEvent } from './workspace/examined-event.ts';
import type { Settings } from './workspace/settings.ts';

/** What is shown and told. */
export interface Shown extends Omit<ImagesViewParts, 'verifying'> {
  readonly consent: ConsentStore;
  readonly settings: Settings;
  readonly log: vscode.LogOutputChannel;
  readonly onFailure: (error: unknown) => void;
}

/** What other parts of the extension do with views. */
export interface Views {
  readonly images: ImagesView;
  /** When the views draw. */
  readonly ticker: Ticker;
}

/**
 * Opens what the user sees of it all, but for the view of boards, which are read first: views, the status bar, messages
 * and the log; and verifies new builds in the background, as the view of images tells. `subscriptions` own it.
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
    new Notices({ ...shown, onFailure: (error) => void showFailure('after a notice', error, log) }),
    new SettingNotices(shown),
    logServing({ serving, boards, checks }, log),
    new StatusBar({ serving, requests, project, boards, checks }, ticker),
    verifying,
    images,
    new RequestsView({ requests, boards, onFailure: shown.onFailure }, ticker),
  );
  return { images, ticker };
}
