import * as vscode from 'vscode';
import type { InstalledPackage } from '../../contents/packages.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import { attributeLines, fileDescription } from '../words/file-words.ts';
import { bytesText } from '../words/words.ts';
import { uriOf } from './file-uri.ts';
import { type InsideNode, idOf, RETRY_COMMAND, type TreeName } from './inside-node.ts';

/** What such a row looks like. */
export function insideItem(node: InsideNode): vscode.TreeItem {
  switch (node.kind) {
    case 'packages': {
      const item = new vscode.TreeItem(vscode.l10n.t('Packages'), vscode.TreeItemCollapsibleState.Collapsed);
      item.id = `${idOf(node.image, 'files', '')}\0packages`;
      item.description = vscode.l10n.t('installed in it');
      item.iconPath = new vscode.ThemeIcon('extensions');
      item.accessibilityInformation = { label: vscode.l10n.t('Packages installed in {0}', node.image.image) };
      return item;
    }
    case 'package':
      return packageItem(node.image, node.installed);
    case 'tree':
      return treeItem(node.image, node.tree);
    case 'file':
      return fileItem(node);
    case 'unreadable': {
      const item = new vscode.TreeItem(node.name);
      item.id = node.id;
      item.description = node.reason;
      item.tooltip = node.retry === undefined ? node.reason : `${node.reason}\n${vscode.l10n.t('Click to try again')}`;
      if (node.retry !== undefined) item.command = { command: RETRY_COMMAND, title: '', arguments: [node.retry] };
      item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
      item.accessibilityInformation = { label: `${node.name}: ${node.reason}` };
      return item;
    }
  }
}

function packageItem(image: CatalogImage, installed: InstalledPackage): vscode.TreeItem {
  const { name, version, bytes, description, license, origin } = installed;
  const item = new vscode.TreeItem(name);
  item.id = `${idOf(image, 'files', '')}\0packages/${name}`;
  item.description = `${version} · ${bytesText(bytes, vscode.env.language)}`;
  item.iconPath = new vscode.ThemeIcon('package');
  item.tooltip = [`${name} ${version}`, description, license, origin].filter((line) => line !== undefined).join('\n');
  item.accessibilityInformation = { label: `${name}, ${item.description}` };
  return item;
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
  const attributes = attributeLines(file, vscode.l10n, vscode.env.language);
  item.tooltip = [path, item.description, ...attributes].join('\n');
  item.contextValue = 'insideFile';
  item.accessibilityInformation = { label: `${file.name}, ${item.description}` };
  if (type === 'file' || type === 'link') item.command = { command: 'vscode.open', title: '', arguments: [uri] };
  return item;
}
