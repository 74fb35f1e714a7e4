import * as vscode from 'vscode';
import type { Board } from '../../boards/board.ts';
import { isBehind } from '../../boards/next-image.ts';
import { problemsFirst, STANDINGS_BY_URGENCY, standingsText } from '../../boards/standing.ts';
import type { AuditLog } from '../../control/audit-log.ts';
import { ContextKey } from '../context-key.ts';
import { Owner } from '../dispose.ts';
import type { Ticker } from '../ticker.ts';
import { TreeDrawing } from '../tree-drawing.ts';
import { actDetails } from '../words/act-words.ts';
import { boardDetails } from '../words/board-details.ts';
import { GROUPINGS, type GroupedBoard, type Grouping, groupTooltip } from '../words/board-groups.ts';
import { type SeenBoard, seenBoard, transfersText } from '../words/board-words.ts';
import { type Check, checkOf } from '../words/image-health.ts';
import { type BoardsNode, boardItem, groupItem } from './board-rows.ts';
import { type BoardNode, BoardsTree, type GroupNode } from './boards-tree.ts';
import { detailItem } from './detail-item.ts';
import { type BoardSources, DrawnBoards } from './drawn-boards.ts';
import type { RequestLog } from './request-log.ts';
import { boardTooltip } from './row-tooltips.ts';
import { showHeading } from './view-heading.ts';

/** The most acts that are shown of a board. */
const SHOWN_ACTS = 5;

/** Where the workspace keeps what boards are grouped by. */
const GROUPING_KEY = 'mkbox.boards.groupBy';

/** What the view shows. */
export interface BoardsViewParts extends BoardSources {
  readonly audit: AuditLog;
  readonly requests: RequestLog;
  /** Keeps what boards are grouped by, for the workspace. */
  readonly memento: vscode.Memento;
  readonly onFailure: (error: unknown) => void;
}

/** The view of boards, in groups if the user wants that, with their states and details. */
export class BoardsView extends Owner implements vscode.TreeDataProvider<BoardsNode> {
  readonly #parts: BoardsViewParts;
  readonly #changed = this.own(new vscode.EventEmitter<BoardsNode[] | undefined>());
  readonly #view: vscode.TreeView<BoardsNode>;
  readonly #drawing = this.own(new TreeDrawing(() => this.#drawRows()));
  readonly #tree = new BoardsTree();
  readonly #drawn: DrawnBoards;
  /** What the rows of groups show, by their IDs. */
  readonly #drawnGroups = new Map<string, string>();
  #isMoved = false;
  readonly #found: ContextKey<'some' | 'none'>;
  /** True from the first board on that runs the build it got: a step of the walkthrough is done by that. */
  readonly #hasConfirmed: ContextKey<true>;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(parts: BoardsViewParts, ticker: Ticker) {
    super();
    this.#parts = parts;
    this.#drawn = new DrawnBoards(parts);
    this.#found = new ContextKey('mkbox.boards', parts.onFailure);
    this.#hasConfirmed = new ContextKey('mkbox.hasConfirmed', parts.onFailure);
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

  /** The rows that are selected. */
  get selection(): readonly BoardsNode[] {
    return this.#view.selection;
  }

  /** The IDs of the boards in a group. */
  boardsIn(group: GroupNode): readonly string[] {
    return this.#tree.rowsIn(group).map(({ id }) => id);
  }

  /** What the boards are grouped by. */
  get grouping(): Grouping {
    const kept = this.#parts.memento.get(GROUPING_KEY);
    return GROUPINGS.find((grouping) => grouping === kept) ?? 'none';
  }

  /** Groups the boards by something else, or no more, and keeps that for the workspace. */
  async groupBy(grouping: Grouping): Promise<void> {
    await this.#parts.memento.update(GROUPING_KEY, grouping);
    this.#draw();
  }

  /** Shows a board with its details, selected; of several rows that it has, the first. */
  async show(id: string): Promise<void> {
    this.#layOut();
    if (this.#isMoved) this.#drawRows(); // VS Code reveals only rows it knows
    const row = this.#tree.rows.find((node) => node.id === id);
    if (row !== undefined) await this.#view.reveal(row, { select: true, focus: true, expand: true });
  }

  getChildren(node?: BoardsNode): BoardsNode[] {
    this.#drawing.asked();
    if (node === undefined) return this.#roots();
    if (node.kind === 'board group') return [...this.#tree.rowsIn(node)];
    return node.kind === 'board' ? this.#details(node) : [];
  }

  getParent(node: BoardsNode): BoardsNode | undefined {
    if (node.kind === 'board detail') return node.of;
    return node.kind === 'board' ? node.group : undefined;
  }

  getTreeItem(node: BoardsNode): vscode.TreeItem {
    if (node.kind === 'board detail') {
      return detailItem(`${node.of.rowId}/${node.index}/${node.detail.label}`, node.detail);
    }
    if (node.kind === 'board group') {
      const item = this.#groupItem(node);
      this.#drawnGroups.set(node.rowId, lookOf(item));
      return item;
    }
    const board = this.#parts.registry.get(node.id);
    return board === undefined
      ? new vscode.TreeItem('')
      : boardItem(node, this.#seen(board), this.#drawn.isNamesake(board));
  }

  /** A tooltip is made when it is to be seen. */
  resolveTreeItem(item: vscode.TreeItem, node: BoardsNode): vscode.TreeItem {
    if (node.kind === 'board group') {
      const group = this.#tree.group(node);
      if (group !== undefined) item.tooltip = groupTooltip(group, vscode.l10n);
    }
    const board = node.kind === 'board' ? this.#parts.registry.get(node.id) : undefined;
    if (board === undefined) return item;
    const seen = this.#seen(board);
    item.tooltip = boardTooltip(seen, this.#checkOfNext(seen));
    return item;
  }

  /** The outermost rows. VS Code redraws everything after it asked for them, so nothing is left to report. */
  #roots(): BoardsNode[] {
    this.#isMoved = false;
    for (const board of this.#parts.registry.boards) this.#drawn.takeChange(board);
    return this.#tree.roots;
  }

  #boards(): readonly Board[] {
    return problemsFirst(this.#parts.registry.boards);
  }

  /** Lays the rows out anew; they are drawn later. */
  #layOut(): readonly GroupedBoard[] {
    const { snapshot } = this.#parts.project.served;
    const counted = this.#boards().map((board) => ({ ...board, isBehind: isBehind(board, snapshot) }));
    if (this.#tree.layOut(counted, this.grouping)) this.#isMoved = true;
    return counted;
  }

  #draw(): void {
    const sending = this.#parts.requests.sending.length;
    this.#view.badge = sending === 0 ? undefined : { value: sending, tooltip: transfersText(sending, vscode.l10n) };
    const counted = this.#layOut();
    this.#drawn.compareNames();
    this.#found.set(counted.length > 0 ? 'some' : 'none');
    if (this.#parts.registry.boards.some(hasConfirmed)) this.#hasConfirmed.set(true);
    const description = standingsText(counted, vscode.l10n, STANDINGS_BY_URGENCY);
    showHeading(this.#view, { message: '', description });
    if (this.#view.visible) this.#drawing.changed();
  }

  /** Redraws the rows that changed, and all when rows came, went or moved. */
  #drawRows(): void {
    const { boards } = this.#parts.registry;
    const isMoved = this.#isMoved;
    this.#isMoved = false;
    const changed = new Set(boards.filter((board) => this.#drawn.takeChange(board)).map(({ id }) => id));
    if (isMoved) {
      this.#drawn.dropGone();
      this.#dropGroups();
      this.#changed.fire(undefined);
    } else if (changed.size > 0) this.#changed.fire(this.#rowsToDraw(changed));
  }

  /** The rows of boards that changed, and of groups that look different now. */
  #rowsToDraw(changed: ReadonlySet<string>): BoardsNode[] {
    const rows = this.#tree.rows.filter(({ id }) => changed.has(id));
    const groups = [...new Set(rows.flatMap(({ group }) => group ?? []))];
    const isOther = (group: GroupNode) => this.#drawnGroups.get(group.rowId) !== lookOf(this.#groupItem(group));
    return [...groups.filter(isOther), ...rows];
  }

  #dropGroups(): void {
    const groups = new Set(this.#tree.groups.map(({ rowId }) => rowId));
    for (const rowId of this.#drawnGroups.keys()) if (!groups.has(rowId)) this.#drawnGroups.delete(rowId);
  }

  #groupItem(node: GroupNode): vscode.TreeItem {
    const { registry } = this.#parts;
    const group = this.#tree.group(node);
    const members = this.#tree.rowsIn(node).flatMap(({ id }) => registry.get(id) ?? []);
    return group === undefined
      ? new vscode.TreeItem('')
      : groupItem(
          node,
          group,
          members.map((board) => this.#seen(board)),
        );
  }

  #details(row: BoardNode): BoardsNode[] {
    const board = this.#parts.registry.get(row.id);
    if (board === undefined) return [];
    const seen = this.#seen(board);
    const check = this.#checkOfNext(seen);
    const acts = this.#parts.audit.about({ board: board.id }, SHOWN_ACTS);
    const details = [
      ...boardDetails(seen, check, vscode.l10n, vscode.env.language),
      ...actDetails(acts, vscode.l10n, vscode.env.language),
    ];
    return details.map((detail, index) => ({ kind: 'board detail', id: board.id, of: row, index, detail }));
  }

  #checkOfNext({ next }: SeenBoard): Check | undefined {
    return next && checkOf(next.image, this.#parts.checks);
  }

  #seen(board: Board): SeenBoard {
    const { registry, project } = this.#parts;
    return seenBoard(board, registry, project.served.snapshot);
  }
}

/** Whether a board ran a build that it got from here. */
function hasConfirmed({ history }: Board): boolean {
  return history.some(({ confirmedAtMs }) => confirmedAtMs !== undefined);
}

/** What of a group's row can change while its boards stay. */
function lookOf({ description, contextValue }: vscode.TreeItem): string {
  return `${description} ${contextValue}`;
}
