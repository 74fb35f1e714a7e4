import * as vscode from 'vscode';
import { isNone, unexpectedOf } from '../../contents/inventory-difference.ts';
import { UserError } from '../../errors.ts';
import { shortBuildId } from '../../images/build-id.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import { ContextKey } from '../context-key.ts';
import { Owner } from '../dispose.ts';
import type { EarlierBuilds } from '../earlier/earlier-builds.ts';
import { imageOfBuild } from '../inside/build-image.ts';
import { TreeDrawing } from '../tree-drawing.ts';
import type { Project } from '../workspace/project.ts';
import type { Setting } from '../workspace/settings.ts';
import type { BuildInventories } from './build-inventories.ts';
import { changeDecoration, changeItem } from './change-items.ts';
import { type ChangesNode, changeGroups } from './change-nodes.ts';
import { type Comparison, compareSides, comparisonText, type Side, type Source } from './comparison.ts';

/** What the view stands on. */
export interface ChangesViewParts {
  readonly project: Project;
  readonly builds: EarlierBuilds;
  readonly inventories: BuildInventories;
  readonly showsExpected: Setting<boolean>;
  readonly onFailure: (error: unknown) => void;
}

/** The view of what differs between two builds; it is there from the first comparison on, until it is cleared. */
export class ChangesView extends Owner implements vscode.TreeDataProvider<ChangesNode>, vscode.FileDecorationProvider {
  readonly inventories: BuildInventories;
  readonly #parts: ChangesViewParts;
  readonly #changed = this.own(new vscode.EventEmitter<undefined>());
  readonly #drawing = this.own(new TreeDrawing(() => this.#changed.fire(undefined)));
  readonly #view: vscode.TreeView<ChangesNode>;
  readonly #isSelected: ContextKey<boolean>;
  readonly #hasChanges: ContextKey<boolean>;
  #comparison: Comparison | undefined;
  #selected: CatalogImage | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(parts: ChangesViewParts) {
    super();
    this.#parts = parts;
    this.inventories = parts.inventories;
    this.#isSelected = new ContextKey('mkbox.compareSelected', parts.onFailure);
    this.#hasChanges = new ContextKey('mkbox.hasChanges', parts.onFailure);
    this.#view = this.own(
      vscode.window.createTreeView('mkbox.changes', { treeDataProvider: this, showCollapseAll: true }),
    );
    this.own(vscode.window.registerFileDecorationProvider(this));
    this.own(parts.showsExpected.onDidChange(() => this.#draw()));
  }

  /** What is shown. */
  get comparison(): Comparison | undefined {
    return this.#comparison;
  }

  /** The image that the next one is compared with, as it was when it was selected. */
  get selected(): CatalogImage | undefined {
    return this.#selected;
  }

  select(image: CatalogImage | undefined): void {
    this.#selected = image;
    this.#isSelected.set(image !== undefined);
  }

  /**
   * Shows what differs in `after`; nothing changes when the user cancels. An image stands for the build that it had when
   * it was picked, whatever has overwritten it since.
   * @throws UserError when one of both can't be read, or is gone.
   */
  async compare(before: Source, after: Source): Promise<void> {
    const one = await this.#side(this.#found(before));
    const other = one && (await this.#side(this.#found(after)));
    if (one !== undefined && other !== undefined) await this.#show(compareSides(one, other));
  }

  /** Compares again: with what the images hold now. */
  async refresh(): Promise<void> {
    if (this.#comparison === undefined) return;
    const { before, after } = this.#comparison;
    await this.compare(this.#present(before), this.#present(after));
  }

  async swap(): Promise<void> {
    if (this.#comparison !== undefined) await this.#show(compareSides(this.#comparison.after, this.#comparison.before));
  }

  clear(): void {
    this.#comparison = undefined;
    this.#hasChanges.set(false);
    this.#draw();
  }

  getChildren(node?: ChangesNode): ChangesNode[] {
    this.#drawing.asked();
    if (node !== undefined) return 'children' in node ? [...node.children] : [];
    return this.#comparison === undefined
      ? []
      : changeGroups(this.#comparison.difference, this.#parts.showsExpected.get());
  }

  getTreeItem(node: ChangesNode): vscode.TreeItem {
    return changeItem(node);
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    return changeDecoration(uri);
  }

  /** Where the build of `source` is now; if it is gone, its inventory may still be kept. */
  #found(source: Source): Source {
    if (source.kind === 'kept' || source.image.state.kind !== 'ready') return source;
    const { buildId } = source.image.state;
    const { project, builds } = this.#parts;
    const image = imageOfBuild(project.snapshot, builds.list, buildId, source.image.id);
    return image === undefined ? { kind: 'kept', buildId } : { kind: 'image', image };
  }

  async #side(source: Source): Promise<Side | undefined> {
    if (source.kind === 'kept') {
      const inventory = await this.inventories.kept(source.buildId);
      if (inventory !== undefined) return { source, buildId: source.buildId, inventory };
      throw new UserError(vscode.l10n.t('the inventory of build {0} is no longer kept', shortBuildId(source.buildId)));
    }
    const inventory = await this.inventories.take(source.image);
    const { state } = source.image;
    const buildId = state.kind === 'ready' ? state.buildId : '';
    return inventory && { source, buildId, inventory };
  }

  #present({ source, buildId }: Side): Source {
    if (source.kind === 'kept' || source.image.isKept) return source;
    const image = this.#parts.project.snapshot.byId.get(source.image.id);
    return image?.state.kind === 'ready' ? { kind: 'image', image } : { kind: 'kept', buildId };
  }

  async #show(comparison: Comparison): Promise<void> {
    this.#comparison = comparison;
    this.#hasChanges.set(true);
    this.#draw();
    await vscode.commands.executeCommand('mkbox.changes.focus');
  }

  #draw(): void {
    this.#view.message = this.#comparison === undefined ? '' : messageOf(this.#comparison);
    this.#drawing.changed();
  }
}

function messageOf(comparison: Comparison): string {
  const text = comparisonText(comparison);
  return isNone(unexpectedOf(comparison.difference)) ? vscode.l10n.t('{0}: nothing differs', text) : text;
}
