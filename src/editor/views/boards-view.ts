import * as vscode from 'vscode';
import type { Board } from '../../boards/board.ts';
import type { BoardRegistry } from '../../boards/board-registry.ts';
import { isBehind, nextImage } from '../../boards/next-image.ts';
import { problemsFirst, standingsText } from '../../boards/standing.ts';
import type { ImageChecks } from '../../checks/image-checks.ts';
import type { AuditLog } from '../../control/audit-log.ts';
import type { ImageState } from '../../images/image-state.ts';
import { Owner } from '../dispose.ts';
import type { Ticker } from '../ticker.ts';
import { actDetails } from '../words/act-words.ts';
import { boardDetails } from '../words/board-details.ts';
import { type SeenBoard, seenBoard, transfersText } from '../words/board-words.ts';
import { type Check, checkOf } from '../words/image-health.ts';
import { wholeSeconds } from '../words/words.ts';
import type { Project } from '../workspace/project.ts';
import { type BoardsNode, boardItem } from './board-rows.ts';
import { detailItem } from './detail-item.ts';
import type { RequestLog } from './request-log.ts';
import { boardTooltip } from './row-tooltips.ts';

/** The most acts that are shown of a board. */
const SHOWN_ACTS = 5;

/** What the view shows. */
export interface BoardsViewParts {
  readonly registry: BoardRegistry;
  readonly audit: AuditLog;
  readonly project: Project;
  readonly requests: RequestLog;
  readonly checks: ImageChecks;
}

/** A board's row, and what it showed when it was drawn last. */
interface Row {
  readonly node: Extract<BoardsNode, { kind: 'board' }>;
  board?: Board;
  /** What it got when it was drawn last, and why. */
  assigned: string;
  /** The last seen state of the image that it gets next: a value, another one when anything about its files changed. */
  next?: ImageState | undefined;
  known: string;
  drawn: string;
}

/** The view of boards, their states and details. */
export class BoardsView extends Owner implements vscode.TreeDataProvider<BoardsNode> {
  readonly #parts: BoardsViewParts;
  readonly #changed = this.own(new vscode.EventEmitter<BoardsNode[] | undefined>());
  readonly #view: vscode.TreeView<BoardsNode>;
  readonly #rows = new Map<string, Row>();
  #order = '';
  #told = '';
  #hasConfirmed = false;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(parts: BoardsViewParts, ticker: Ticker) {
    super();
    this.#parts = parts;
    this.#view = this.own(
      vscode.window.createTreeView('mkbox.boards', {
        treeDataProvider: this,
        showCollapseAll: true,
        canSelectMany: true,
      }),
    );
    this.own(ticker.onDraw(() => this.#draw()));
    this.own(this.#view.onDidChangeVisibility(() => this.#draw()));
    this.#draw();
  }

  /** The boards whose rows, or one of whose details', are selected. */
  get selected(): readonly string[] {
    return [...new Set(this.#view.selection.map(({ id }) => id))];
  }

  /** Shows a board with its details, selected. */
  async show(id: string): Promise<void> {
    if (this.#parts.registry.get(id) === undefined) return;
    await this.#view.reveal(this.#row(id).node, { select: true, focus: true, expand: true });
  }

  getChildren(node?: BoardsNode): BoardsNode[] {
    if (node === undefined) return this.#boards().map((board) => this.#row(board.id).node);
    const board = node.kind === 'board' ? this.#parts.registry.get(node.id) : undefined;
    return board === undefined ? [] : this.#details(board);
  }

  getParent(node: BoardsNode): BoardsNode | undefined {
    return node.kind === 'board' ? undefined : this.#row(node.id).node;
  }

  getTreeItem(node: BoardsNode): vscode.TreeItem {
    if (node.kind === 'board detail') return detailItem(`${node.id}/${node.index}/${node.detail.label}`, node.detail);
    const board = this.#parts.registry.get(node.id);
    return board === undefined ? new vscode.TreeItem('') : boardItem(this.#seen(board));
  }

  /** A board's tooltip is made when it is to be seen. */
  resolveTreeItem(item: vscode.TreeItem, node: BoardsNode): vscode.TreeItem {
    const board = node.kind === 'board' ? this.#parts.registry.get(node.id) : undefined;
    if (board === undefined) return item;
    const seen = this.#seen(board);
    item.tooltip = boardTooltip(seen, this.#checkOfNext(seen));
    return item;
  }

  #boards(): readonly Board[] {
    return problemsFirst(this.#parts.registry.boards);
  }

  /** Redraws the rows that changed, and all when rows came, went or moved. */
  #draw(): void {
    const { requests, project } = this.#parts;
    const boards = this.#boards();
    const sending = requests.sending.length;
    this.#view.badge = sending === 0 ? undefined : { value: sending, tooltip: transfersText(sending, vscode.l10n) };
    if (!this.#hasConfirmed) this.#tellConfirmed(boards);
    const { snapshot } = project.served;
    const counted = boards.map((board) => ({ ...board, isBehind: isBehind(board, snapshot) }));
    this.#tell(boards.length > 0 ? 'some' : 'none', standingsText(counted, vscode.l10n));
    if (!this.#view.visible) return;
    const order = boards.map(({ id }) => id).join();
    const isOther = order !== this.#order;
    this.#order = order;
    if (isOther) this.#dropRows(boards);
    const changed = boards.filter((board) => this.#redraw(board)).map(({ id }) => this.#row(id).node);
    if (isOther) this.#changed.fire(undefined);
    else if (changed.length > 0) this.#changed.fire(changed);
  }

  /** Keeps the context key `mkbox.boards` and the description beside the title; only changes go to the editor. */
  #tell(found: 'some' | 'none', description: string): void {
    if (`${found} ${description}` === this.#told) return;
    this.#told = `${found} ${description}`;
    this.#view.description = description;
    void vscode.commands.executeCommand('setContext', 'mkbox.boards', found);
  }

  /** Sets `mkbox.hasConfirmed` at the first board that runs the build it got: a step of the walkthrough is done by that. */
  #tellConfirmed(boards: readonly Board[]): void {
    this.#hasConfirmed = boards.some(({ history }) => history.some(({ confirmedAtMs }) => confirmedAtMs !== undefined));
    if (this.#hasConfirmed) void vscode.commands.executeCommand('setContext', 'mkbox.hasConfirmed', true);
  }

  /** Whether anything shown of `board` changed since it was drawn. */
  #redraw(board: Board): boolean {
    const row = this.#row(board.id);
    // a board is a value: the same one is not written out again, four times a second, for each of thousands
    if (row.board !== board) row.known = JSON.stringify({ ...board, history: board.history.slice(0, 1) });
    row.board = board;
    const { image } = nextImage(board, this.#parts.project.served.snapshot) ?? {};
    const isOther = row.next !== image?.state;
    row.next = image?.state;
    const examinedAtMs =
      image?.state.kind === 'ready' ? this.#parts.checks.known(image.state.zstIdentity)?.examinedAtMs : undefined;
    const assignment = JSON.stringify(this.#parts.registry.assignmentOf(board, this.#parts.project.served.snapshot));
    const isReassigned = assignment !== row.assigned;
    row.assigned = assignment;
    const { sentBytes, stalledMs, state } = this.#parts.registry.transferOf(board.id) ?? {};
    const before = state?.kind === 'running' ? state.place?.before : undefined;
    const drawn = [row.known, image?.id, examinedAtMs, sentBytes, wholeSeconds(stalledMs), before].join(' ');
    if (drawn === row.drawn && !isOther && !isReassigned) return false;
    row.drawn = drawn;
    return true;
  }

  #row(id: string): Row {
    const known = this.#rows.get(id);
    if (known !== undefined) return known;
    const row: Row = { node: { kind: 'board', id }, known: '', assigned: '', drawn: '' };
    this.#rows.set(id, row);
    return row;
  }

  #dropRows(boards: readonly Board[]): void {
    const ids = new Set(boards.map(({ id }) => id));
    for (const id of this.#rows.keys()) if (!ids.has(id)) this.#rows.delete(id);
  }

  #details(board: Board): BoardsNode[] {
    const seen = this.#seen(board);
    const check = this.#checkOfNext(seen);
    const acts = this.#parts.audit.about({ board: board.id }, SHOWN_ACTS);
    const details = [
      ...boardDetails(seen, check, vscode.l10n, vscode.env.language),
      ...actDetails(acts, vscode.l10n, vscode.env.language),
    ];
    return details.map((detail, index) => ({ kind: 'board detail', id: board.id, index, detail }));
  }

  #checkOfNext({ next }: SeenBoard): Check | undefined {
    return next && checkOf(next.image, this.#parts.checks);
  }

  #seen(board: Board): SeenBoard {
    const { registry, project } = this.#parts;
    return seenBoard(board, registry, project.served.snapshot);
  }
}
