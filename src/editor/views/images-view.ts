import path from 'node:path';
import * as vscode from 'vscode';
import type { ImageChecks } from '../../checks/image-checks.ts';
import type { CatalogImage, UnpackedImage } from '../../images/catalog.ts';
import { buildItem } from '../build/build-items.ts';
import type { BuildNode } from '../build/build-nodes.ts';
import type { LateBuilds } from '../build/late-builds.ts';
import { ContextKey } from '../context-key.ts';
import { Owner } from '../dispose.ts';
import type { EarlierBuilds } from '../earlier/earlier-builds.ts';
import { earlierItem, keptBuildItem } from '../earlier/earlier-rows.ts';
import { type InsideNode, RETRY_COMMAND } from '../inside/inside-node.ts';
import type { InsideRows } from '../inside/inside-rows.ts';
import { insideItem } from '../inside/tree-rows.ts';
import type { Boards } from '../serving/boards.ts';
import type { Serving } from '../serving/serving.ts';
import type { Ticker } from '../ticker.ts';
import { TreeDrawing } from '../tree-drawing.ts';
import { judgedImage } from '../words/image-health.ts';
import { verifyingText } from '../words/image-words.ts';
import type { Project } from '../workspace/project.ts';
import { detailItem } from './detail-item.ts';
import { DrawnRows, keyOf } from './drawn-rows.ts';
import { imageChildren, unpackedChildren } from './image-children.ts';
import { imageNotes, withNotes } from './image-notes.ts';
import { decorationOf, type ImagesNode, imageItem, skippedItem, unpackedItem } from './image-rows.ts';
import { imagesMessage } from './images-message.ts';
import { shownInRow } from './images-shown.ts';
import { boxRows, groupItemOf, namedInTree, rowAbove, rowsBelow, seenBuild, unpackedParts } from './images-tree.ts';
import type { RequestLog } from './request-log.ts';
import { rowNow } from './row-now.ts';
import { imageTooltip } from './row-tooltips.ts';
import { surroundingsOf } from './surroundings.ts';
import { showHeading } from './view-heading.ts';

/** How often the images' ages are updated: they are shown in minutes. */
const AGES_EVERY_MS = 10_000;

/** What the view shows. */
export interface ImagesViewParts {
  readonly project: Project;
  readonly serving: Serving;
  readonly requests: RequestLog;
  readonly boards: Boards;
  readonly builds: EarlierBuilds;
  readonly checks: ImageChecks;
  /** The rows of what is inside images: their code is loaded when the first one is unfolded. */
  readonly insideRows: () => Promise<InsideRows>;
  readonly building: LateBuilds;
  /** How many images are being verified in the background. */
  readonly verifying: { readonly left: number };
  readonly onFailure: (error: unknown) => void;
}

/** The view of boxes, their images and details. */
export class ImagesView extends Owner implements vscode.TreeDataProvider<ImagesNode> {
  readonly #parts: ImagesViewParts;
  readonly #changed = this.own(new vscode.EventEmitter<ImagesNode | ImagesNode[] | undefined>());
  readonly #drawing = this.own(new TreeDrawing(() => this.#drawRows()));
  readonly #view: vscode.TreeView<ImagesNode>;
  readonly #found: ContextKey<'looking' | 'some' | 'none' | Project['absence']>;
  /** A step of the walkthrough is done by that. */
  readonly #hasLookedInside: ContextKey<true>;
  /** The rows of boxes that the editor has. */
  #drawn = '';
  /** Rows to redraw even if they show the same. */
  readonly #due = new Set<ImagesNode>();
  /** The rows of boxes, those of images by their boxes, and those of kept builds by their images. */
  readonly #rows = new DrawnRows<ImagesNode>();

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(parts: ImagesViewParts, ticker: Ticker) {
    super();
    this.#parts = parts;
    this.#found = new ContextKey('mkbox.images', parts.onFailure);
    this.#hasLookedInside = new ContextKey('mkbox.hasLookedInside', parts.onFailure);
    this.#view = this.own(
      vscode.window.createTreeView('mkbox.images', { treeDataProvider: this, showCollapseAll: true }),
    );
    this.own(vscode.window.registerFileDecorationProvider({ provideFileDecoration: decorationOf }));
    this.own(vscode.commands.registerCommand(RETRY_COMMAND, (id: string) => this.#retry(id)));
    this.own(ticker.onDraw(() => this.#draw()));
    const aging = setInterval(() => this.#view.visible && this.#draw(), AGES_EVERY_MS);
    this.own({ dispose: () => clearInterval(aging) });
    this.own(this.#view.onDidChangeVisibility(({ visible }) => visible && this.#shown()));
    this.#draw();
  }

  /** The ID of the image whose row is selected, or one below it. */
  get selected(): string | undefined {
    const [row] = this.#view.selection;
    return row !== undefined && 'image' in row && 'id' in row.image ? row.image.id : undefined;
  }

  getChildren(row?: ImagesNode): vscode.ProviderResult<ImagesNode[]> {
    this.#drawing.asked();
    const node = rowNow(row, this.#parts.project.snapshot);
    switch (node?.kind) {
      case undefined:
        return this.#parts.project.isLocated ? this.#boxes() : this.#parts.project.located().then(() => this.#boxes());
      case 'box':
      case 'board images':
        return this.#given(`${node.box.path}/${node.kind === 'box' ? '' : node.board}`, rowsBelow(node, this.#parts));
      case 'possible':
      case 'recipe':
      case 'part':
        return this.#parts.building.open().then((builds) => builds.childrenOf(node));
      case 'image':
        return this.#below(node.image);
      case 'unpacked':
        return unpackedChildren(node.image);
      case 'tree':
      case 'file':
      case 'packages':
        return this.#inside(node);
      case 'earlier':
        return this.#given(
          `${node.image.folder}/${node.image.image}/earlier`,
          node.builds.map((build) => ({ kind: 'build', build }) as const),
        );
      case 'build':
      case 'wrong path':
      case 'skipped':
      case 'detail':
      case 'unreadable':
      case 'package':
        return [];
    }
  }

  /** Shows the row of an image, or of something inside one, and selects it. */
  async reveal(node: InsideNode | Extract<ImagesNode, { kind: 'image' }>): Promise<void> {
    await this.#view.reveal(node, { focus: true });
  }

  /** Asked for what is revealed: a row inside an image, and those that it lies below. */
  getParent(node: ImagesNode): vscode.ProviderResult<ImagesNode> {
    switch (node.kind) {
      case 'image':
      case 'board images':
        return rowAbove(node, this.#parts);
      case 'tree':
      case 'packages':
        return { kind: 'image', image: node.image };
      case 'file':
      case 'package':
        return this.#parts.insideRows().then((rows) => rows.parentOf(node));
      default:
        return undefined;
    }
  }

  getTreeItem(row: ImagesNode): vscode.TreeItem | Promise<vscode.TreeItem> {
    const node = rowNow(row, this.#parts.project.snapshot);
    switch (node.kind) {
      case 'box':
      case 'board images':
        return groupItemOf(node, this.#parts);
      case 'image':
        return namedInTree(this.#imageItem(node.image), node, this.#parts);
      case 'unpacked':
        return namedInTree(
          unpackedItem(node.image, unpackedParts(node.image, this.#parts), ...this.#buildOf(node.image)),
          node,
          this.#parts,
        );
      case 'possible':
        return this.#buildItem(node).then((item) => namedInTree(item, node, this.#parts));
      case 'recipe':
      case 'part':
        return this.#buildItem(node);
      case 'skipped':
      case 'wrong path':
        return skippedItem(node);
      case 'tree':
      case 'file':
      case 'packages':
      case 'package':
      case 'unreadable':
        return this.#insideItem(node);
      case 'earlier':
        return earlierItem(node);
      case 'build':
        return keptBuildItem(seenBuild(node.build, this.#parts));
      case 'detail':
        return detailItem(path.join(node.of.folder, node.of.image, `${node.index} ${node.detail.label}`), node.detail);
    }
  }

  /** An image's tooltip is made when it is to be seen. */
  resolveTreeItem(item: vscode.TreeItem, row: ImagesNode): vscode.TreeItem {
    const node = rowNow(row, this.#parts.project.snapshot);
    if (node.kind !== 'image') return item;
    const { image } = node;
    const [, note] = this.#buildOf(image);
    const notes = [...(note === undefined ? [] : [note.state]), ...imageNotes(image, this.#parts)];
    item.tooltip = imageTooltip(judgedImage(image, surroundingsOf(this.#parts)), this.#parts, notes);
    return item;
  }

  #shown(): void {
    this.#parts.building.current?.lookAgain();
    this.#draw();
  }

  #boxes(): ImagesNode[] {
    this.#drawing.asked();
    if (this.#parts.project.hasBoxbuilds) this.#parts.building.show();
    const boxes = boxRows(this.#parts);
    this.#drawn = keyOf(boxes);
    return this.#given('', boxes);
  }

  #draw(): void {
    const { project, serving, verifying } = this.#parts;
    const { unreadable } = project.snapshot;
    const hasRows = boxRows(this.#parts).length > 0;
    const message = imagesMessage(serving.state, { unreadable, hasRows }) ?? '';
    showHeading(this.#view, { message, description: verifyingText(verifying.left, vscode.l10n) });
    const none = project.folders.length === 0 ? project.absence : 'none';
    this.#found.set(!project.isLocated ? 'looking' : hasRows ? 'some' : none);
    this.#drawing.changed();
  }

  /** While rows are drawn anew, those below them flicker and no command finds them: only what shows something else is. */
  #drawRows(): void {
    if (keyOf(boxRows(this.#parts)) !== this.#drawn) {
      this.#drawAll();
      return;
    }
    const surroundings = surroundingsOf(this.#parts);
    const changed = [...this.#due, ...this.#rows.takeChanged((row) => shownInRow(row, this.#parts, surroundings))];
    this.#due.clear();
    if (changed.length > 0) this.#changed.fire(changed);
  }

  #drawAll(): void {
    this.#drawn = keyOf(boxRows(this.#parts));
    this.#due.clear();
    this.#rows.clear();
    this.#changed.fire(undefined);
  }

  /** `rows`, which the editor is given in place of those that it had of that group. */
  #given<Row extends ImagesNode>(group: string, rows: Row[]): Row[] {
    const surroundings = surroundingsOf(this.#parts);
    this.#rows.give(group, rows, (row) => shownInRow(row, this.#parts, surroundings));
    return rows;
  }

  #imageItem(image: CatalogImage): vscode.TreeItem {
    const item = imageItem(judgedImage(image, surroundingsOf(this.#parts)), ...this.#buildOf(image));
    return withNotes(item, imageNotes(image, this.#parts));
  }

  #below(image: CatalogImage): Promise<ImagesNode[]> {
    const { requests, boards, builds } = this.#parts;
    return imageChildren(judgedImage(image, surroundingsOf(this.#parts)), {
      requests,
      boards,
      before: builds.before(image),
    });
  }

  async #inside(node: InsideNode): Promise<ImagesNode[]> {
    this.#hasLookedInside.set(true);
    const rows = await this.#parts.insideRows();
    if (node.kind !== 'packages') return rows.childrenOf(node);
    const known = await rows.packageCount(node.image);
    const packages = await rows.childrenOf(node);
    if ((await rows.packageCount(node.image)) !== known) {
      this.#due.add(node);
      this.#drawing.changed();
    }
    return packages;
  }

  async #insideItem(node: InsideNode): Promise<vscode.TreeItem> {
    return insideItem(node, await this.#parts.insideRows());
  }

  /** Reads again what could not be read. */
  async #retry(id: string): Promise<void> {
    const rows = await this.#parts.insideRows();
    rows.forget(id);
    this.#drawAll();
  }

  /** Whether an image's box can be built, and what building adds to its row. */
  #buildOf(image: CatalogImage | UnpackedImage) {
    const { project, building } = this.#parts;
    return [project.hasBoxbuild({ path: image.folder }), building.current?.noteOf(image)] as const;
  }

  async #buildItem(node: BuildNode): Promise<vscode.TreeItem> {
    const builds = await this.#parts.building.open();
    return buildItem(node, node.kind === 'possible' ? builds.noteOf(node.image) : undefined);
  }
}
