import * as vscode from 'vscode';
import type { Transfer } from '../server/transfer.ts';
import { Owner } from './dispose.ts';
import { reflashWords } from './reflash-words.ts';
import type { RequestLog } from './request-log.ts';
import { askedText, resultText } from './request-words.ts';
import type { Ticker } from './ticker.ts';
import { clientText } from './words.ts';

/** The view of requests, newest first. */
export class RequestsView extends Owner implements vscode.TreeDataProvider<Transfer> {
  readonly #requests: RequestLog;
  readonly #changed = this.own(new vscode.EventEmitter<Transfer | undefined>());

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(requests: RequestLog, ticker: Ticker) {
    super();
    this.#requests = requests;
    const view = this.own(vscode.window.createTreeView('mkbox.requests', { treeDataProvider: this }));
    const draw = () => {
      void vscode.commands.executeCommand(
        'setContext',
        'mkbox.requests',
        requests.requests.length > 0 ? 'some' : 'none',
      );
      this.#changed.fire(undefined);
      if (view.visible && vscode.window.state.focused) requests.markSeen();
    };
    this.own(ticker.onDraw(draw));
    this.own(view.onDidChangeVisibility(({ visible }) => visible && requests.markSeen()));
    draw();
  }

  getChildren(transfer?: Transfer): Transfer[] {
    return transfer === undefined ? [...this.#requests.requests] : [];
  }

  getTreeItem(transfer: Transfer): vscode.TreeItem {
    const { l10n, env } = vscode;
    const client = clientText(transfer.client);
    const asked = askedText(transfer, l10n);
    const reflash = this.#requests.reflashOf(transfer);
    const flag = reflash === undefined ? [] : [reflashWords(reflash, l10n)];
    const result = [resultText(transfer, l10n, env.language), ...flag].join(' · ');
    const item = new vscode.TreeItem(client);
    item.id = `${transfer.startedAtMs}/${transfer.id}`;
    item.description = `${result} · ${asked}`;
    item.iconPath = reflash === undefined ? iconOf(transfer) : WARNING;
    item.contextValue = 'request';
    item.accessibilityInformation = { label: `${client}, ${asked}: ${result}` };
    item.tooltip = this.#tooltip(transfer, result);
    return item;
  }

  #tooltip(transfer: Transfer, result: string): vscode.MarkdownString {
    const time = new Date(transfer.startedAtMs).toLocaleTimeString(vscode.env.language);
    const tooltip = new vscode.MarkdownString();
    tooltip.appendText(`${time}  ${result}\n`);
    tooltip.appendCodeblock(`${transfer.method} ${transfer.target}`, 'text');
    return tooltip;
  }
}

const WARNING = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
const HELD = new vscode.ThemeIcon('debug-pause', new vscode.ThemeColor('list.warningForeground'));

function iconOf({ state, totalBytes }: Transfer): vscode.ThemeIcon {
  switch (state.kind) {
    case 'running':
      if (state.place !== undefined) return new vscode.ThemeIcon('watch');
      return new vscode.ThemeIcon(totalBytes > 0 ? 'cloud-download' : 'loading~spin');
    case 'broken':
      return new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
    case 'refused':
      return WARNING;
    case 'finished':
      if (state.result === 'held') return HELD;
      return new vscode.ThemeIcon(state.result === 'image' ? 'pass-filled' : 'check');
  }
}
