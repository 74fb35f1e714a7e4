import * as vscode from 'vscode';
import type { Board } from '../boards/board.ts';
import { confirm, serveBy } from './commands/serve-to-network.ts';
import { Owner } from './dispose.ts';
import type { Boards } from './serving/boards.ts';
import { type ConsentStore, isToBeAsked } from './serving/consent.ts';
import type { EndedShot, Serving } from './serving/serving.ts';
import { type Endpoint, endpointOf, isAtRest, type ServingFailure, type ServingState } from './serving-state.ts';
import { showSetting } from './show-setting.ts';
import { askerName } from './words/board-name.ts';
import { confirmedText } from './words/board-words.ts';
import { plainMessage } from './words/plain-message.ts';
import { serveToNetworkTitle } from './words/remedies.ts';
import { failureWords } from './words/status-words.ts';
import type { Settings } from './workspace/settings.ts';

/** What there is to tell of. */
export interface NoticesParts {
  readonly serving: Serving;
  readonly boards: Boards;
  readonly settings: Settings;
  readonly consent: ConsentStore;
  /** What the user answered could not be done. */
  readonly onFailure: (error: unknown) => void;
}

/** Tells the user, once each, what they must decide, and how a one-shot ended. Success is silent otherwise. */
export class Notices extends Owner {
  readonly #parts: NoticesParts;
  /** The address in `mkbox.host` that the user was asked about last. */
  #askedAbout: string | undefined;

  constructor(parts: NoticesParts) {
    super();
    const { serving, boards, settings } = parts;
    this.#parts = parts;
    this.own(serving.onDidChangeState((state) => this.#onState(state)));
    this.own(settings.host.onDidChange(() => this.#onHostChanged()));
    this.own(serving.onDidEndShot((shot) => tellShot(shot, askerName(boards, shot.transfer))));
    this.own(boards.onDidConfirm((board) => this.#onConfirmed(board)));
    this.#onState(serving.state); // another extension may have had it serve already
  }

  #onHostChanged(): void {
    this.#askedAbout = undefined;
    const endpoint = endpointOf(this.#parts.serving.state);
    if (endpoint !== undefined) this.#askForNetwork(endpoint).catch(this.#parts.onFailure);
  }

  /** Asks, once, whether an address beyond loopback that the settings name may be used for this workspace. */
  async #askForNetwork(endpoint: Endpoint): Promise<void> {
    const { l10n, window } = vscode;
    const { serving, settings, consent: store } = this.#parts;
    const host = settings.host.get();
    if (this.#askedAbout === host || !isToBeAsked(store.get(), host)) return;
    this.#askedAbout = host;
    const allow = l10n.t('Serve to the Network…');
    const message = endpoint.onNetwork
      ? l10n.t('mkbox: the setting mkbox.host is {0}, but this workspace is served at {1}.', host, endpoint.url)
      : l10n.t('mkbox: the setting mkbox.host is {0}, but this workspace is served to this machine only.', host);
    if ((await window.showInformationMessage(plainMessage(message), allow)) !== allow) return;
    const consent = { host, address: host, setting: host };
    if (await confirm(consent, serving.port)) await serveBy(consent, store, serving);
  }

  #onState(state: ServingState): void {
    const { onFailure } = this.#parts;
    if (state.kind === 'failed') this.#tellFailure(state.failure).catch(onFailure);
    if (state.kind === 'serving' || state.kind === 'one-shot') this.#askForNetwork(state.endpoint).catch(onFailure);
  }

  #onConfirmed(board: Board): void {
    if (!this.#parts.settings.notifyConfirmed.get()) return;
    void vscode.window.showInformationMessage(plainMessage(confirmedText(board, vscode.l10n)));
  }

  async #tellFailure(failure: ServingFailure): Promise<void> {
    const { l10n, window, commands } = vscode;
    const retry = l10n.t('Retry');
    const openSettings = l10n.t('Open Settings');
    const otherPort = l10n.t('Use Another Port for This Session');
    const network = serveToNetworkTitle(l10n);
    const own = failure.kind === 'port in use' ? [otherPort] : failure.kind === 'no such address' ? [network] : [];
    const answer = await window.showErrorMessage(plainMessage(failureText(failure)), ...own, openSettings, retry);
    // a message may stand for hours: what it offers would cut off boards that are served by now
    if (answer !== openSettings && !isAtRest(this.#parts.serving.state)) return;
    switch (answer) {
      case retry:
        return this.#parts.serving.restart();
      case network:
        await commands.executeCommand('mkbox.serveToNetwork');
        return;
      case otherPort:
        return this.#parts.serving.serveOnOtherPort();
      case openSettings:
        await showSetting(settingOf(failure));
    }
  }
}

/** What to look for in the settings. */
function settingOf(failure: ServingFailure): string {
  switch (failure.kind) {
    case 'port in use':
      return 'mkbox.port';
    case 'no such address':
      return 'mkbox.host';
    case 'other':
      return failure.setting ?? '@ext:mkbox.mkbox';
  }
}

/** What kept images from being served, and what follows from it for boards. */
function failureText(failure: ServingFailure): string {
  if (failure.kind !== 'port in use') return vscode.l10n.t('mkbox: {0}', failureWords(failure, vscode.l10n));
  return portInUseText(failure);
}

function portInUseText({ port, holder }: Extract<ServingFailure, { kind: 'port in use' }>): string {
  const { l10n } = vscode;
  switch (holder.kind) {
    case 'mkbox window':
      return l10n.t(
        'mkbox: port {0} is served by another window, {1}. Boards have the port in their update URL.',
        port,
        holder.workspace,
      );
    case 'update-server':
      return l10n.t('mkbox: port {0} is in use by an update-server on this machine.', port);
    case 'unknown':
      return l10n.t('mkbox: port {0} is in use by another program. Boards have the port in their update URL.', port);
  }
}

/** `client`: what people call the board that ended it. */
function tellShot({ transfer, isServing }: EndedShot, client: string): void {
  const { l10n, window } = vscode;
  const image = transfer.resolution?.found?.image ?? '';
  const upToDate = transfer.state.kind === 'finished' && transfer.state.result === 'up to date';
  const what = upToDate
    ? l10n.t('mkbox: {0} already runs this build of {1}.', client, image)
    : l10n.t('mkbox: {0} got {1}.', client, image);
  const then = isServing ? l10n.t('All images are served again.') : l10n.t('Serving has stopped.');
  void window.showInformationMessage(plainMessage(`${what} ${then}`));
}
