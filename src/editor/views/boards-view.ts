import * as vscode from 'vscode';
import type { Board } from '../../boards/board.ts';
import type { BoardRegistry } from '../../boards/board-registry.ts';
import { isBehind, nextImage } from '../../boards/next-image.ts';
import { problemsFirst, STANDINGS_BY_URGENCY, standingsText } from '../../boards/standing.ts';
import type { ImageChecks } from '../../checks/image-checks.ts';
import type { AuditLog } from '../../control/audit-log.ts';
import type { ImageState } from '../../images/image-state.ts';
import { Owner } from '../dispose.ts';
import type { Ticker } from '../ticker.ts';
import { TreeDrawing } from '../tree-drawing.ts';
import { actDetails } from '../words/act-words.ts';
import { boardDetails } from '../words/board-details.ts';
import { GROUPINGS, type GroupedBoard, type Grouping, groupTooltip } from '../words/board-groups.ts';
import { sharedNames } from '../words/board-name.ts';
import { type SeenBoard, seenBoard, transfersText } from '../words/board-words.ts';
import { type Check, checkOf } from '../words/image-health.ts';
import { wholeSeconds } from '../words/words.ts';
import type { Project } from '../workspace/project.ts';
import { type BoardsNode, boardItem, groupItem } from './board-rows.ts';
import { type BoardNode, BoardsTree, type GroupNode } from './boards-tree.ts';
import { detailItem } from './detail-item.ts';
import type { RequestLog } from './request-log.ts';
import { boardTooltip } from './row-tooltips.ts';

/** The most acts that are shown of a board. */
const SHOWN_ACTS = 5;

/** Where the workspace keeps what boards are grouped by. */
const GROUPING_KEY = 'mkbox.boards.groupBy';

/** What the view shows. */
export interface BoardsViewParts {
  readonly registry: BoardRegistry;
  readonly audit: AuditLog;
  readonly project: Project;
  readonly requests: RequestLog;
  readonly checks: ImageChecks;
  /** Keeps what boards are grouped by, for the workspace. */
  readonly memento: vscode.Memento;
}

/** What the rows of a board showed when they were drawn last. */
interface Drawn {
  board?: Board;
  /** What it got when it was drawn last, and why. */
  assigned: string;
  /** The last seen state of the image that it gets next: a value, another one when anything about its files changed. */
  next?: ImageState | undefined;
  known: string;
  drawn: string;
}

/** The view of boards, in groups if the user wants that, with their states and details. */
export class BoardsView extends Owner implements vscode.TreeDataProvider<BoardsNode> {
  readonly #parts: BoardsViewParts;
  readonly #changed = this.own(new vscode.EventEmitter<BoardsNode[] | undefined>());
  readonly #view: vscode.TreeView<BoardsNode>;
  readonly #drawing = this.own(new TreeDrawing(() => this.#drawRows()));
  readonly #tree = new BoardsTree();
  readonly #drawn = new Map<string, Drawn>();
  /** What the rows of groups show, by their IDs. */
  readonly #drawnGroups = new Map<string, string>();
  /** The names that several boards have. */
  #sharedNames: ReadonlySet<string> = new Set();
  #isMoved = false;
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
    return board === undefined ? new vscode.TreeItem('') : boardItem(node, this.#seen(board), this.#isNamesake(board));
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
    for (const board of this.#parts.registry.boards) this.#redraw(board);
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
    const { boards } = this.#parts.registry;
    this.#sharedNames = sharedNames(boards);
    if (!this.#hasConfirmed) this.#tellConfirmed(boards);
    this.#tell(counted.length > 0 ? 'some' : 'none', standingsText(counted, vscode.l10n, STANDINGS_BY_URGENCY));
    if (this.#view.visible) this.#drawing.changed();
  }

  /** Redraws the rows that changed, and all when rows came, went or moved. */
  #drawRows(): void {
    const { boards } = this.#parts.registry;
    const isMoved = this.#isMoved;
    this.#isMoved = false;
    const changed = new Set(boards.filter((board) => this.#redraw(board)).map(({ id }) => id));
    if (isMoved) this.#dropRows(boards);
    if (isMoved) this.#changed.fire(undefined);
    else if (changed.size > 0) this.#changed.fire(this.#rowsToDraw(changed));
  }

  /** The rows of boards that changed, and of groups that look different now. */
  #rowsToDraw(changed: ReadonlySet<string>): BoardsNode[] {
    const rows = this.#tree.rows.filter(({ id }) => changed.has(id));
    const groups = [...new Set(rows.flatMap(({ group }) => group ?? []))];
    const isOther = (group: GroupNode) => this.#drawnGroups.get(group.rowId) !== lookOf(this.#groupItem(group));
    return [...groups.filter(isOther), ...rows];
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
    const row = this.#drawnOf(board.id);
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
    const drawn = [
      row.known,
      image?.id,
      examinedAtMs,
      sentBytes,
      wholeSeconds(stalledMs),
      before,
      this.#isNamesake(board),
    ].join(' ');
    if (drawn === row.drawn && !isOther && !isReassigned) return false;
    row.drawn = drawn;
    return true;
  }

  #isNamesake({ name }: Board): boolean {
    return name !== undefined && this.#sharedNames.has(name);
  }

  #drawnOf(id: string): Drawn {
    const known = this.#drawn.get(id);
    if (known !== undefined) return known;
    const drawn: Drawn = { known: '', assigned: '', drawn: '' };
    this.#drawn.set(id, drawn);
    return drawn;
  }

  #dropRows(boards: readonly Board[]): void {
    const ids = new Set(boards.map(({ id }) => id));
    for (const id of this.#drawn.keys()) if (!ids.has(id)) this.#drawn.delete(id);
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

/** What of a group's row can change while its boards stay. */
function lookOf({ description, contextValue }: vscode.TreeItem): string {
  return `${description} ${contextValue}`;
}
