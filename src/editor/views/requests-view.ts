import * as vscode from 'vscode';
import { type LoggedRequest, requestKey } from '../../boards/logged-request.ts';
import { reflashText } from '../../boards/reflash-text.ts';
import type { TransferResult } from '../../server/transfer.ts';
import { ContextKey } from '../context-key.ts';
import { Owner } from '../dispose.ts';
import type { Boards } from '../serving/boards.ts';
import type { Ticker } from '../ticker.ts';
import { TreeDrawing } from '../tree-drawing.ts';
import { askerName } from '../words/board-name.ts';
import { askedText, outcomeText } from '../words/request-words.ts';
import { momentText, wholeSeconds } from '../words/words.ts';
import { coloredIcon } from './colored-icon.ts';
import type { RequestLog } from './request-log.ts';
import type { RequestNode } from './request-node.ts';
import { requestTooltip } from './row-tooltips.ts';

/** What the view shows. */
export interface RequestsViewParts {
  readonly requests: RequestLog;
  readonly boards: Boards;
  readonly onFailure: (error: unknown) => void;
}

/** The view of requests, newest first. */
export class RequestsView extends Owner implements vscode.TreeDataProvider<RequestNode> {
  readonly #requests: RequestLog;
  readonly #boards: Boards;
  readonly #onFailure: (error: unknown) => void;
  readonly #changed = this.own(new vscode.EventEmitter<RequestNode[] | undefined>());
  readonly #drawing = this.own(new TreeDrawing(() => this.#drawRows()));
  readonly #view: vscode.TreeView<RequestNode>;
  /** The requests in the view, in its order, and what is shown of each. */
  #drawn: ReadonlyMap<LoggedRequest, string> = new Map();
  readonly #nodes = new WeakMap<LoggedRequest, RequestNode>();
  readonly #found: ContextKey<'some' | 'none'>;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor({ requests, boards, onFailure }: RequestsViewParts, ticker: Ticker) {
    super();
    this.#requests = requests;
    this.#boards = boards;
    this.#onFailure = onFailure;
    this.#found = new ContextKey('mkbox.requests', onFailure);
    this.#view = this.own(vscode.window.createTreeView('mkbox.requests', { treeDataProvider: this }));
    this.own(ticker.onDraw(() => this.#draw()));
    this.own(
      this.#view.onDidChangeVisibility(({ visible }) => {
        if (visible) requests.markSeen();
        this.#draw();
      }),
    );
    this.#draw();
  }

  getChildren(node?: RequestNode): RequestNode[] {
    if (node !== undefined) return [];
    this.#drawing.asked();
    this.#requests.load().catch(this.#onFailure); // which draws them
    this.#drawn = this.#shown();
    return this.#requests.requests.map((transfer) => this.#node(transfer));
  }

  getTreeItem({ transfer }: RequestNode): vscode.TreeItem {
    const { l10n, env } = vscode;
    const client = this.#clientOf(transfer);
    const asked = askedText(transfer, l10n);
    const reflash = this.#requests.reflashOf(transfer);
    const result = this.#resultOf(transfer);
    const item = new vscode.TreeItem(client);
    item.id = requestKey(transfer);
    const time = momentText(transfer.startedAtMs, Date.now(), env.language);
    item.description = `${result} · ${asked} · ${time}`;
    item.iconPath = reflash === undefined ? iconOf(transfer) : WARNING;
    item.contextValue = contextOf(transfer);
    item.accessibilityInformation = { label: `${client}, ${asked}: ${result}, ${time}` };
    return item;
  }

  /** A request's tooltip is made when it is to be seen. */
  resolveTreeItem(item: vscode.TreeItem, { transfer }: RequestNode): vscode.TreeItem {
    item.tooltip = requestTooltip(transfer, this.#clientOf(transfer), this.#resultOf(transfer));
    return item;
  }

  #node(transfer: LoggedRequest): RequestNode {
    const known = this.#nodes.get(transfer);
    if (known !== undefined) return known;
    const node: RequestNode = { kind: 'request', transfer };
    this.#nodes.set(transfer, node);
    return node;
  }

  #clientOf(transfer: LoggedRequest): string {
    return transfer.isTrial ? vscode.l10n.t('Trial') : askerName(this.#boards, transfer);
  }

  #resultOf(transfer: LoggedRequest): string {
    const { l10n, env } = vscode;
    const reflash = this.#requests.reflashOf(transfer);
    const flag = reflash === undefined ? [] : [reflashText(reflash, l10n)];
    return [outcomeText(transfer, l10n, env.language), ...flag].join(' · ');
  }

  #draw(): void {
    const { requests } = this.#requests;
    if (requests.length > 0 || this.#requests.isLoaded) this.#found.set(requests.length > 0 ? 'some' : 'none');
    if (!this.#view.visible) return;
    if (vscode.window.state.focused) this.#requests.markSeen();
    this.#drawing.changed();
  }

  /** Redraws the rows that changed, and all when rows came or went. */
  #drawRows(): void {
    const { requests } = this.#requests;
    const before = this.#drawn;
    const known = [...before.keys()];
    this.#drawn = this.#shown();
    const areOthers = known.length !== requests.length || requests.some((transfer, index) => transfer !== known[index]);
    const changed = requests.filter((transfer) => before.get(transfer) !== this.#drawn.get(transfer));
    if (areOthers) this.#changed.fire(undefined);
    else if (changed.length > 0) this.#changed.fire(changed.map((transfer) => this.#node(transfer)));
  }

  #shown(): ReadonlyMap<LoggedRequest, string> {
    return new Map(this.#requests.requests.map((transfer) => [transfer, this.#shownOf(transfer)]));
  }

  /** Everything in a row that can change, as a key. */
  #shownOf(transfer: LoggedRequest): string {
    const { asked, resolution, state, sentBytes, totalBytes, stalledMs } = transfer;
    const before = state.kind === 'running' ? state.place?.before : undefined;
    const isReflash = this.#requests.reflashOf(transfer) !== undefined;
    const image = resolution?.found?.image;
    const parts = [asked.kind, image, state.kind, before, sentBytes, totalBytes, wholeSeconds(stalledMs), isReflash];
    const when = momentText(transfer.startedAtMs, Date.now(), vscode.env.language);
    return [...parts, when, askerName(this.#boards, transfer)].join(' ');
  }
}

/** The context value by which the manifest's menus tell requests apart. */
function contextOf({ asked, isTrial, resolution, state }: LoggedRequest): string {
  const words = [
    ...(asked.kind === 'update' && !isTrial ? ['board'] : []),
    ...(resolution?.found === undefined ? [] : ['image']),
    ...(state.kind === 'refused' || state.kind === 'broken' ? ['failed'] : []),
  ];
  return ['request', ...words].join(' ');
}

const WARNING = coloredIcon('warning', 'list.warningForeground');
const SLASH = coloredIcon('circle-slash', 'list.warningForeground');
/** Results of boards that were answered as up to date, whatever they run. */
const WITHHELD: ReadonlySet<TransferResult> = new Set(['loop stopped', 'build missing', 'not its turn']);
const FAULT = coloredIcon('bug', 'list.warningForeground');
const HELD = coloredIcon('debug-pause', 'list.warningForeground');

function iconOf({ state, totalBytes, fault }: LoggedRequest): vscode.ThemeIcon {
  if (fault !== undefined) return FAULT;
  switch (state.kind) {
    case 'running':
      if (state.place !== undefined) return new vscode.ThemeIcon('clock');
      return new vscode.ThemeIcon(totalBytes > 0 ? 'cloud-download' : 'loading~spin');
    case 'broken':
      return coloredIcon('error', 'list.errorForeground');
    case 'refused':
      return WARNING;
    case 'finished':
      if (state.result === 'held') return HELD;
      if (WITHHELD.has(state.result)) return SLASH;
      return new vscode.ThemeIcon(state.result === 'image' ? 'pass-filled' : 'check');
  }
}
