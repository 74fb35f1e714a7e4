import path from 'node:path';
import * as vscode from 'vscode';
import type { CatalogBox, CatalogImage } from '../images/catalog.ts';
import { rawSize } from '../images/raw-size.ts';
import { Owner } from './dispose.ts';
import { type Detail, imageDetails } from './image-details.ts';
import { type ImageHealth, type JudgedImage, judge, type Surroundings } from './image-health.ts';
import { healthText, imageDescription } from './image-words.ts';
import type { Project } from './project.ts';
import type { RequestLog } from './request-log.ts';
import type { Serving } from './serving.ts';
import type { ServingState } from './serving-state.ts';
import type { Ticker } from './ticker.ts';
import type { Verdicts } from './verdicts.ts';

/** A row of the view. */
export type ImagesNode =
  | { readonly kind: 'box'; readonly box: CatalogBox }
  | { readonly kind: 'image'; readonly image: CatalogImage }
  | { readonly kind: 'detail'; readonly image: CatalogImage; readonly detail: Detail };

/** Resources that stand for images, so that decorations can be given to them. */
const SCHEME = 'mkbox-image';

/** What the view shows. */
export interface ImagesViewParts {
  readonly project: Project;
  readonly serving: Serving;
  readonly requests: RequestLog;
  readonly verdicts: Verdicts;
}

/** The view of boxes, their images, and what there is to tell of each. */
export class ImagesView extends Owner implements vscode.TreeDataProvider<ImagesNode>, vscode.FileDecorationProvider {
  readonly #parts: ImagesViewParts;
  readonly #changed = this.own(new vscode.EventEmitter<ImagesNode | undefined>());
  readonly #decorated = this.own(new vscode.EventEmitter<undefined>());
  readonly #view: vscode.TreeView<ImagesNode>;
  #drawn = '';

  readonly onDidChangeTreeData = this.#changed.event;
  readonly onDidChangeFileDecorations = this.#decorated.event;

  constructor(parts: ImagesViewParts, ticker: Ticker) {
    super();
    this.#parts = parts;
    this.#view = this.own(
      vscode.window.createTreeView('mkbox.images', { treeDataProvider: this, showCollapseAll: true }),
    );
    this.own(vscode.window.registerFileDecorationProvider(this));
    this.own(ticker.onDraw(() => this.#draw()));
    this.#draw();
  }

  getChildren(node?: ImagesNode): vscode.ProviderResult<ImagesNode[]> {
    const { snapshot } = this.#parts.project;
    switch (node?.kind) {
      case undefined:
        if (snapshot.images.length === 0) return [];
        return snapshot.boxes.filter((box) => this.#isBox(box)).map((box) => ({ kind: 'box', box }));
      case 'box':
        return this.#imagesOf(node.box).map((image) => ({ kind: 'image', image }));
      case 'image':
        return this.#details(node.image);
      case 'detail':
        return [];
    }
  }

  getTreeItem(node: ImagesNode): vscode.TreeItem {
    switch (node.kind) {
      case 'box':
        return this.#boxItem(node.box);
      case 'image':
        return this.#imageItem(judge(node.image, this.#surroundings()));
      case 'detail':
        return detailItem(node.image, node.detail);
    }
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    return uri.scheme === SCHEME ? decorationOf(uri.fragment as ImageHealth['kind']) : undefined;
  }

  /** Draws anew only when something that is shown changed: bytes on their way are not. */
  #draw(): void {
    const { project, serving } = this.#parts;
    this.#view.message = obstacleText(serving.state) ?? '';
    const surroundings = this.#surroundings();
    const { images, shadowed, boxes } = project.snapshot;
    const none = project.folders.length === 0 ? 'no-folder' : 'none';
    const found = !project.isLocated ? 'looking' : images.length > 0 ? 'some' : none;
    const judged = [...images, ...shadowed].map((image) => judge(image, surroundings));
    const drawn = JSON.stringify([found, boxes, judged], (_key, value) =>
      typeof value === 'bigint' ? `${value}` : value,
    );
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    void vscode.commands.executeCommand('setContext', 'mkbox.images', found);
    this.#changed.fire(undefined);
    this.#decorated.fire(undefined);
  }

  #surroundings(): Surroundings {
    const { project, requests, verdicts } = this.#parts;
    const sending = requests.sending.map((transfer) => transfer.resolution?.found?.id);
    return {
      snapshot: project.snapshot,
      boards: project.boards,
      verdictOf: (image) => verdicts.of(image),
      sending: new Set(sending.filter((id) => id !== undefined)),
    };
  }

  #isBox(box: CatalogBox): boolean {
    return this.#imagesOf(box).length > 0 || this.#parts.project.hasBoxbuild(box);
  }

  #imagesOf(box: CatalogBox): CatalogImage[] {
    const { images, shadowed } = this.#parts.project.snapshot;
    return [...images, ...shadowed].filter((image) => image.folder === box.path);
  }

  async #details(image: CatalogImage): Promise<ImagesNode[]> {
    const judged = judge(image, this.#surroundings());
    const rawBytes = await rawSize(image).catch(() => undefined);
    const lastServed = this.#parts.requests.lastServed(image.id);
    const details = imageDetails(judged, rawBytes, lastServed, vscode.l10n, vscode.env.language);
    return details.map((detail) => ({ kind: 'detail', image, detail }));
  }

  #boxItem(box: CatalogBox): vscode.TreeItem {
    const count = this.#imagesOf(box).length;
    const item = new vscode.TreeItem(box.name, vscode.TreeItemCollapsibleState.Expanded);
    const number = count === 1 ? vscode.l10n.t('1 image') : vscode.l10n.t('{0} images', count);
    const several = this.#parts.project.folders.length > 1;
    const text = several ? `${number} · ${vscode.workspace.asRelativePath(box.path)}` : number;
    item.id = box.path;
    item.description = text;
    item.iconPath = new vscode.ThemeIcon('package');
    item.contextValue = this.#parts.project.hasBoxbuild(box) ? 'box boxbuild' : 'box';
    item.accessibilityInformation = { label: vscode.l10n.t('box {0}, {1}', box.name, text) };
    item.tooltip = box.path;
    return item;
  }

  #imageItem(judged: JudgedImage): vscode.TreeItem {
    const { image, health } = judged;
    const item = new vscode.TreeItem(image.image, vscode.TreeItemCollapsibleState.Collapsed);
    const description = imageDescription(judged, Date.now(), vscode.l10n, vscode.env.language);
    const state = healthText(judged, vscode.l10n);
    item.id = path.join(image.folder, image.image);
    item.resourceUri = vscode.Uri.from({
      scheme: SCHEME,
      path: path.posix.join('/', image.folder.replaceAll('\\', '/'), image.image),
      fragment: health.kind,
    });
    item.description = description;
    item.iconPath = iconOf(health);
    item.contextValue = image.state.kind === 'ready' && health.kind !== 'shadowed' ? 'image.ready' : 'image.incomplete';
    item.accessibilityInformation = { label: vscode.l10n.t('image {0}, {1}; {2}', image.image, description, state) };
    item.tooltip = `${image.image}\n${state}`;
    return item;
  }
}

/** Why images that are shown are not served, where it is not that the user stopped it. */
function obstacleText(state: ServingState): string | undefined {
  const { l10n, workspace } = vscode;
  if (!workspace.isTrusted) return l10n.t('Not served: this workspace is not trusted.');
  if (state.kind !== 'failed') return undefined;
  if (state.failure.kind === 'other') return l10n.t('Not served: {0}', state.failure.message);
  const { port, holder } = state.failure;
  return holder.kind === 'mkbox window'
    ? l10n.t('Not served: another window, {0}, has port {1}.', holder.workspace, port)
    : l10n.t('Not served: port {0} is in use.', port);
}

function detailItem(image: CatalogImage, { label, value, icon }: Detail): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.id = path.join(image.folder, image.image, label);
  item.description = value;
  item.iconPath = new vscode.ThemeIcon(icon);
  item.contextValue = 'detail';
  item.accessibilityInformation = { label: `${label}: ${value}` };
  item.tooltip = value;
  return item;
}

function iconOf(health: ImageHealth): vscode.ThemeIcon {
  switch (health.kind) {
    case 'ready':
      return new vscode.ThemeIcon(
        health.verified ? 'verified-filled' : 'pass',
        new vscode.ThemeColor('testing.iconPassed'),
      );
    case 'sending':
      return new vscode.ThemeIcon('cloud-download');
    case 'incomplete':
      return new vscode.ThemeIcon('tools', new vscode.ThemeColor('list.warningForeground'));
    case 'unreachable':
      return new vscode.ThemeIcon('debug-disconnect', new vscode.ThemeColor('list.warningForeground'));
    case 'wrong checksum':
      return new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
    case 'shadowed':
      return new vscode.ThemeIcon('circle-slash', new vscode.ThemeColor('disabledForeground'));
  }
}

function decorationOf(kind: ImageHealth['kind']): vscode.FileDecoration | undefined {
  switch (kind) {
    case 'incomplete':
    case 'unreachable':
      return new vscode.FileDecoration('!', undefined, new vscode.ThemeColor('list.warningForeground'));
    case 'wrong checksum':
      return new vscode.FileDecoration('✗', undefined, new vscode.ThemeColor('list.errorForeground'));
    case 'sending':
      return new vscode.FileDecoration('↓', undefined, new vscode.ThemeColor('charts.blue'));
    case 'shadowed':
      return new vscode.FileDecoration(undefined, undefined, new vscode.ThemeColor('disabledForeground'));
    default:
      return undefined;
  }
}
