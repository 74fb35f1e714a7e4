import * as vscode from 'vscode';
import type { ImageChecks } from '../../checks/image-checks.ts';
import { Owner } from '../dispose.ts';
import type { Boards } from '../serving/boards.ts';
import type { Serving } from '../serving/serving.ts';
import { endpointOf } from '../serving-state.ts';
import type { Ticker } from '../ticker.ts';
import { askerName, namesIn } from '../words/board-name.ts';
import { earlierServedText } from '../words/earlier-words.ts';
import { readyText } from '../words/image-words.ts';
import { namedFault } from '../words/named-fault.ts';
import { askedText, outcomeText } from '../words/request-words.ts';
import { type Status, statusOf } from '../words/status-words.ts';
import type { Project } from '../workspace/project.ts';
import type { RequestLog } from './request-log.ts';

/** Requests in the tooltip: what happened just now. */
const TOOLTIP_REQUESTS = 5;

/** What the item tells of. */
export interface StatusBarParts {
  readonly serving: Serving;
  readonly requests: RequestLog;
  readonly project: Project;
  readonly boards: Boards;
  readonly checks: ImageChecks;
}

/** The status bar item. */
export class StatusBar extends Owner {
  readonly #parts: StatusBarParts;
  readonly #item: vscode.StatusBarItem;

  constructor(parts: StatusBarParts, ticker: Ticker) {
    super();
    this.#parts = parts;
    this.#item = this.own(vscode.window.createStatusBarItem('mkbox.status', vscode.StatusBarAlignment.Left, 10));
    this.#item.name = 'mkbox';
    this.#item.command = 'mkbox.showActions';
    this.own(ticker.onDraw(() => this.#draw()));
    this.#draw();
    this.#item.show();
  }

  #draw(): void {
    const { serving, requests, boards } = this.#parts;
    const { sending, unseen } = requests;
    const fault = namedFault(serving.faults?.current, boards.list);
    const situation = { sending, unseen, ...namesIn(boards), fault };
    const status = statusOf({ state: serving.state, ...situation }, vscode.l10n, vscode.env.language);
    this.#item.text = status.text;
    this.#item.accessibilityInformation = { label: status.label, role: 'button' };
    this.#item.backgroundColor = background(status.severity);
    this.#item.tooltip = this.#tooltip(status);
  }

  #tooltip(status: Status): vscode.MarkdownString {
    const tooltip = new vscode.MarkdownString('', true);
    const { serving, requests, project, boards, checks } = this.#parts;
    tooltip.appendText(`${status.label}\n\n`);
    const { images } = project.served.snapshot;
    const ready = images.filter((image) => checks.isServable(image)).length;
    tooltip.appendText(`${readyText(ready, vscode.l10n)}\n\n`);
    const earlier = earlierServedText(images, vscode.l10n);
    if (earlier !== undefined) tooltip.appendText(`${earlier}\n\n`);
    for (const transfer of requests.recent.slice(0, TOOLTIP_REQUESTS)) {
      const result = outcomeText(transfer, vscode.l10n, vscode.env.language);
      tooltip.appendText(`${askerName(boards, transfer)}  ${askedText(transfer, vscode.l10n)}: ${result}\n\n`);
    }
    const [command, title] = actionOf(serving);
    tooltip.isTrusted = { enabledCommands: [command, 'mkbox.copyUpdateUrl', 'mkbox.showLog'] };
    const links = [
      `[${title}](command:${command})`,
      `[${vscode.l10n.t('Copy Update URL')}](command:mkbox.copyUpdateUrl)`,
      `[${vscode.l10n.t('Show Log')}](command:mkbox.showLog)`,
    ];
    tooltip.appendMarkdown(links.join('&nbsp;&nbsp;|&nbsp;&nbsp;'));
    return tooltip;
  }
}

/** What the tooltip offers first: the next thing to do. */
function actionOf({ state, faults }: Serving): readonly [command: string, title: string] {
  if (faults?.current !== undefined) return ['mkbox.stopFault', vscode.l10n.t('Stop the Fault')];
  if (state.kind === 'draining') return ['mkbox.stopNow', vscode.l10n.t('Stop Now')];
  if (endpointOf(state) !== undefined) return ['mkbox.stop', vscode.l10n.t('Stop Serving')];
  return ['mkbox.serve', vscode.l10n.t('Serve Images')];
}

function background(severity: Status['severity']): vscode.ThemeColor | undefined {
  switch (severity) {
    case 'normal':
      return undefined;
    case 'warning':
      return new vscode.ThemeColor('statusBarItem.warningBackground');
    case 'error':
      return new vscode.ThemeColor('statusBarItem.errorBackground');
  }
}
