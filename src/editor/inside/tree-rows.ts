import * as vscode from 'vscode';
import type { TreeFile } from '../../contents/file-tree.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import { fileDescription } from '../words/file-words.ts';
import { type TreeName, uriOf } from './file-uri.ts';

/** A row of what is inside an image. */
export type InsideNode =
  /** A tree of its files. */
  | { readonly kind: 'tree'; readonly image: CatalogImage; readonly tree: TreeName }
  | {
      readonly kind: 'file';
      readonly image: CatalogImage;
      readonly tree: TreeName;
      readonly path: string;
      readonly file: TreeFile;
    }
  /** Why a folder, or a file in it, can't be shown. */
  | { readonly kind: 'unreadable'; readonly id: string; readonly name: string; readonly reason: string };

/** The rows of the trees of an image. */
export function treesOf(image: CatalogImage): InsideNode[] {
  return [
    { kind: 'tree', image, tree: 'files' },
    { kind: 'tree', image, tree: 'initramfs' },
  ];
}

/** What such a row looks like. */
export function insideItem(node: InsideNode): vscode.TreeItem {
  switch (node.kind) {
    case 'tree':
      return treeItem(node.image, node.tree);
    case 'file':
      return fileItem(node);
    case 'unreadable': {
      const item = new vscode.TreeItem(node.name);
      item.id = node.id;
      item.description = node.reason;
      item.tooltip = node.reason;
      item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
      item.accessibilityInformation = { label: `${node.name}: ${node.reason}` };
      return item;
    }
  }
}

function treeItem(image: CatalogImage, tree: TreeName): vscode.TreeItem {
  const label = tree === 'files' ? vscode.l10n.t('Files') : 'initramfs';
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = idOf(image, tree, '');
  item.description =
    tree === 'files' ? vscode.l10n.t('as the board sees them') : vscode.l10n.t('what the board boots with');
  item.iconPath = new vscode.ThemeIcon(tree === 'files' ? 'files' : 'file-zip');
  item.contextValue = 'tree';
  item.accessibilityInformation = { label: `${label}, ${item.description}` };
  return item;
}

function fileItem({ image, tree, path, file }: Extract<InsideNode, { kind: 'file' }>): vscode.TreeItem {
  const { type } = file.status;
  const isFolder = type === 'folder';
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(file.name, isFolder ? Collapsed : None);
  const uri = uriOf({ image: image.id, tree, path });
  item.id = idOf(image, tree, path);
  item.resourceUri = uri; // by which the theme has an icon for it
  item.iconPath = isFolder ? vscode.ThemeIcon.Folder : vscode.ThemeIcon.File;
  item.description = fileDescription(file, vscode.env.language);
  item.tooltip = `${path}\n${item.description}`;
  item.contextValue = 'insideFile';
  item.accessibilityInformation = { label: `${file.name}, ${item.description}` };
  if (type === 'file' || type === 'link') item.command = { command: 'vscode.open', title: '', arguments: [uri] };
  return item;
}

/** Unique in the view. */
export function idOf({ folder, image }: CatalogImage, tree: TreeName, path: string): string {
  return `${folder}/${image}\0${tree}${path}`;
}
