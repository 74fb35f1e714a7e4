import path from 'node:path';
import * as vscode from 'vscode';
import type { CatalogBox, CatalogImage, UnpackedImage } from '../../images/catalog.ts';
import type { ImageParts } from '../../images/image-parts.ts';
import type { SkippedLink } from '../../images/linked-folder.ts';
import { looseImagesText, skippedLinkText } from '../../images/skipped-text.ts';
import type { BuildNode, RowNote } from '../build/build-nodes.ts';
import type { EarlierNode } from '../earlier/earlier-node.ts';
import type { InsideNode } from '../inside/inside-node.ts';
import type { Detail } from '../words/detail.ts';
import { replacedText } from '../words/earlier-words.ts';
import type { ImageHealth, JudgedImage } from '../words/image-health.ts';
import { healthText, imageDescription, nameInBox, unpackedDescription, unpackedText } from '../words/image-words.ts';
import { IN_THE_EDITOR } from '../words/remedies.ts';
import { ageOf } from '../words/words.ts';
import type { WrongPath } from '../workspace/project-folders.ts';
import { coloredIcon } from './colored-icon.ts';
import { imageContext } from './image-context.ts';

/** A row of the view of images. */
export type ImagesNode =
  | { readonly kind: 'box'; readonly box: CatalogBox }
  /** The images of a box with many, for one kind of board. */
  | { readonly kind: 'board images'; readonly box: CatalogBox; readonly board: string }
  | { readonly kind: 'image'; readonly image: CatalogImage }
  | { readonly kind: 'unpacked'; readonly image: UnpackedImage }
  /** A folder that is a link and is not followed, or an image folder in which images lie themselves. */
  | { readonly kind: 'skipped'; readonly skipped: SkippedLink | string }
  | ({ readonly kind: 'wrong path' } & WrongPath)
  | InsideNode
  | EarlierNode
  | BuildNode
  | {
      readonly kind: 'detail';
      readonly of: CatalogImage | UnpackedImage;
      /** Its place among the details. */
      readonly index: number;
      readonly detail: Detail;
    };

/** The scheme of URIs that stand for images, so that rows can be decorated. */
const SCHEME = 'mkbox-image';

/** The look of an image's row: its health, that mkbox did not make it, or that a newer raw image, or the only one, is not packed. */
type Look = ImageHealth['kind'] | 'foreign' | 'earlier' | 'newer raw' | 'unpacked' | RowNote['look'];

/** Before an image that is being built. */
const BUILDING = new vscode.ThemeIcon('loading~spin');

/** Before an image of which nobody knows yet whether it is right. */
const UNVERIFIED = coloredIcon('unverified', 'testing.iconUnset');

/** The row of a box: the number of images, and further notes. */
export function boxItem(
  box: CatalogBox,
  count: number,
  hasBoxbuild: boolean,
  notes: readonly string[],
): vscode.TreeItem {
  const item = new vscode.TreeItem(box.name, vscode.TreeItemCollapsibleState.Expanded);
  const text = [countText(count), ...notes].join(' · ');
  item.id = box.path;
  item.description = text;
  item.iconPath = new vscode.ThemeIcon('package');
  item.contextValue = hasBoxbuild ? 'box boxbuild' : 'box';
  item.accessibilityInformation = { label: vscode.l10n.t('box {0}, {1}', box.name, text) };
  item.tooltip = box.path;
  return item;
}

/** The row of a kind of board, in a box with many images. */
export function boardImagesItem(box: CatalogBox, board: string, count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(board, vscode.TreeItemCollapsibleState.Expanded);
  const text = countText(count);
  item.id = `${box.path}\0${board}`;
  item.description = text;
  item.iconPath = new vscode.ThemeIcon('circuit-board');
  item.contextValue = 'board images';
  item.accessibilityInformation = { label: vscode.l10n.t('board {0} in box {1}, {2}', board, box.name, text) };
  item.tooltip = `${box.name} · ${board}`;
  return item;
}

function countText(images: number): string {
  return images === 1 ? vscode.l10n.t('1 image') : vscode.l10n.t('{0} images', images);
}

/** The row of what is not looked into. */
export function skippedItem(row: Extract<ImagesNode, { kind: 'skipped' | 'wrong path' }>): vscode.TreeItem {
  if (row.kind === 'wrong path') return wrongPathItem(row);
  const { skipped } = row;
  return typeof skipped === 'string' ? looseItem(skipped) : linkItem(skipped);
}

/** The row of an image folder in which images lie themselves. */
function looseItem(folder: string): vscode.TreeItem {
  const { l10n } = vscode;
  const item = new vscode.TreeItem(path.basename(folder));
  const text = looseImagesText(folder, l10n, IN_THE_EDITOR);
  item.id = folder;
  item.description = l10n.t('not a folder of boxes');
  item.iconPath = coloredIcon('warning', 'list.warningForeground');
  item.contextValue = 'skipped settable';
  item.accessibilityInformation = { label: text };
  item.tooltip = text;
  return item;
}

/** The row of a folder of the workspace whose image path names no folder. */
function wrongPathItem({ root, folder }: WrongPath): vscode.TreeItem {
  const { l10n } = vscode;
  const item = new vscode.TreeItem(root);
  const text = l10n.t(
    '{0} names {1}, which is no folder: no image of {2} is served',
    IN_THE_EDITOR.imagePath,
    folder,
    root,
  );
  item.id = `${root}\0${folder}`;
  item.description = l10n.t('no such folder: {0}', folder);
  item.iconPath = coloredIcon('warning', 'list.warningForeground');
  item.contextValue = 'skipped settable';
  item.accessibilityInformation = { label: text };
  item.tooltip = text;
  return item;
}

/** The row of a link that is not followed. */
function linkItem(link: SkippedLink): vscode.TreeItem {
  const { l10n } = vscode;
  const item = new vscode.TreeItem(path.basename(link.path));
  const text = skippedLinkText(link, l10n, IN_THE_EDITOR);
  item.id = link.path;
  item.description = l10n.t('link, not followed');
  item.iconPath = coloredIcon('file-symlink-directory', 'list.warningForeground');
  item.contextValue = link.target === undefined ? 'skipped' : 'skipped settable';
  item.accessibilityInformation = { label: text };
  item.tooltip = text;
  return item;
}

/** The row of an image; `note`: what building adds to it, where its box can be built. */
export function imageItem(judged: JudgedImage, isBuildable: boolean, note: RowNote | undefined): vscode.TreeItem {
  const { image, parts, health } = judged;
  const description = imageDescription(judged, Date.now(), vscode.l10n, vscode.env.language);
  const { l10n, env } = vscode;
  const earlier = judged.replaced === undefined ? [] : [replacedText(judged.replaced, l10n, env.language)];
  const isPackable = image.raw === 'newer' && note?.look !== 'building';
  const item = itemOf(
    image,
    parts,
    lookOf(judged),
    description,
    [healthText(judged, l10n), ...earlier].join('\n'),
    note,
  );
  item.iconPath = note?.look === 'building' ? BUILDING : iconOf(judged);
  item.contextValue = imageContext(servableAs(health), { isPackable, isBuildable, isEarlier: earlier.length > 0 });
  return item;
}

function lookOf({ image, health, replaced }: JudgedImage): Look {
  if (replaced !== undefined) return 'earlier';
  if (health.kind !== 'ready') return health.kind;
  if (health.isForeign) return 'foreign';
  return image.raw === 'newer' ? 'newer raw' : 'ready';
}

/** The row of a raw image alone; `parts`: those of its name. */
export function unpackedItem(
  image: UnpackedImage,
  parts: ImageParts | undefined,
  isBuildable: boolean,
  note: RowNote | undefined,
): vscode.TreeItem {
  const isBuilding = note?.look === 'building';
  // what there is of it is the build's, half written
  const description = isBuilding ? '' : unpackedDescription(image, Date.now(), vscode.l10n, vscode.env.language);
  const item = itemOf(image, parts, 'unpacked', description, unpackedText(vscode.l10n), note);
  item.iconPath = isBuilding ? BUILDING : coloredIcon('file-binary', 'disabledForeground');
  item.tooltip = [image.image, unpackedText(vscode.l10n), ...(note === undefined ? [] : [note.state])].join('\n');
  item.contextValue = imageContext('unpacked', { isPackable: !isBuilding, isBuildable, isEarlier: false });
  return item;
}

/** Everything shown of an image: a check's time stands for its result. */
export function shownOf({ check, ...rest }: JudgedImage, nowMs: number): unknown {
  const { state } = rest.image;
  return [rest, check?.examination.examinedAtMs, state.kind === 'ready' && ageOf(state.builtAtMs, nowMs)];
}

/** How the name in the row is coloured, and marked. */
export function decorationOf(uri: vscode.Uri): vscode.FileDecoration | undefined {
  return uri.scheme === SCHEME ? decorationFor(uri.fragment as Look) : undefined;
}

function decorationFor(look: Look): vscode.FileDecoration | undefined {
  const { l10n } = vscode;
  switch (look) {
    case 'incomplete':
    case 'unreachable':
      return decoration('list.warningForeground', '!');
    case 'wrong':
      return decoration('list.errorForeground', '✗');
    case 'sending':
      return decoration('charts.blue', '↓');
    case 'shadowed':
      return decoration('disabledForeground');
    case 'foreign':
      return decoration('list.warningForeground', '?', l10n.t('foreign'));
    case 'earlier':
      return decoration('list.warningForeground', 'E', l10n.t('an earlier build is served'));
    case 'newer raw':
      return decoration('gitDecoration.modifiedResourceForeground', 'P', l10n.t('raw image is newer'));
    case 'unpacked':
      return decoration('disabledForeground', 'P', l10n.t('not packed'));
    case 'building':
      return decoration('charts.blue', 'B', l10n.t('being built'));
    case 'stale':
      return decoration('gitDecoration.modifiedResourceForeground', 'S', l10n.t('older than its sources'));
    case 'ready':
      return undefined;
  }
}

function decoration(color: string, badge?: string, tooltip?: string): vscode.FileDecoration {
  return new vscode.FileDecoration(badge, tooltip, new vscode.ThemeColor(color));
}

function itemOf(
  { folder, box, image }: CatalogImage | UnpackedImage,
  parts: ImageParts | undefined,
  ownLook: Look,
  own: string,
  state: string,
  note: RowNote | undefined,
): vscode.TreeItem {
  // a build tells more than what is there so far; that it is stale matters where nothing is wrong
  const look = note?.look === 'building' || ownLook === 'ready' ? (note?.look ?? ownLook) : ownLook;
  const description = describedWith(note, own);
  const item = new vscode.TreeItem(nameInBox(image, box, parts), vscode.TreeItemCollapsibleState.Collapsed);
  item.id = path.join(folder, image);
  item.resourceUri = vscode.Uri.from({
    scheme: SCHEME,
    path: path.posix.join('/', folder.replaceAll('\\', '/'), image),
    fragment: look,
  });
  item.description = description;
  item.accessibilityInformation = { label: vscode.l10n.t('image {0}, {1}; {2}', image, description, state) };
  return item;
}

/** What stands behind an image's name: that it is being built first, that it is stale last. */
function describedWith(note: RowNote | undefined, own: string): string {
  const texts = note?.look === 'building' ? [note.text, own] : [own, note?.text];
  return texts.filter(Boolean).join(' · ');
}

/** The context value by which the manifest's menus tell images apart. */
function servableAs({ kind }: ImageHealth): 'ready' | 'wrong' | 'incomplete' {
  if (kind === 'wrong') return 'wrong';
  return kind === 'shadowed' || kind === 'incomplete' ? 'incomplete' : 'ready';
}

function iconOf({ health, check }: JudgedImage): vscode.ThemeIcon {
  switch (health.kind) {
    case 'ready':
      if (health.isForeign) return coloredIcon('question', 'list.warningForeground');
      if (check === undefined) return UNVERIFIED;
      return coloredIcon(health.verified ? 'verified-filled' : 'pass', 'testing.iconPassed');
    case 'sending':
      return new vscode.ThemeIcon('cloud-download');
    case 'incomplete':
      return coloredIcon('tools', 'list.warningForeground');
    case 'unreachable':
      return coloredIcon('debug-disconnect', 'list.warningForeground');
    case 'wrong':
      return coloredIcon('error', 'list.errorForeground');
    case 'shadowed':
      return coloredIcon('circle-slash', 'disabledForeground');
  }
}
