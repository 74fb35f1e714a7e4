import * as vscode from 'vscode';
import type { InstalledPackage } from '../../contents/packages.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import { attributeLines, fileDescription } from '../words/file-words.ts';
import { bytesText } from '../words/words.ts';
import { uriOf } from './file-uri.ts';
import { type InsideNode, idOf, RETRY_COMMAND, type TreeName } from './inside-node.ts';
import type { InsideRows } from './inside-rows.ts';

/** What such a row looks like; `rows` may know how many packages there are. */
export async function insideItem(node: InsideNode, rows: InsideRows): Promise<vscode.TreeItem> {
  switch (node.kind) {
    case 'packages':
      return packagesItem(node.image, await rows.packageCount(node.image));
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

function packagesItem(image: CatalogImage, count: number | undefined): vscode.TreeItem {
  const { l10n, env } = vscode;
  const item = new vscode.TreeItem(l10n.t('Packages'), vscode.TreeItemCollapsibleState.Collapsed);
  const number = count?.toLocaleString(env.language);
  const label = l10n.t('Packages installed in {0}', image.image);
  item.id = `${idOf(image, 'files', '')}\0packages`;
  item.description = number ?? l10n.t('installed in it');
  item.iconPath = new vscode.ThemeIcon('extensions');
  item.accessibilityInformation = { label: number === undefined ? label : `${label}: ${number}` };
  return item;
}

function packageItem(image: CatalogImage, installed: InstalledPackage): vscode.TreeItem {
  const { l10n } = vscode;
  const { name, version, bytes, description, license, origin } = installed;
  const item = new vscode.TreeItem(name);
  item.id = `${idOf(image, 'files', '')}\0packages/${name}`;
  item.description = `${version} · ${bytesText(bytes, vscode.env.language)}`;
  item.iconPath = new vscode.ThemeIcon('package');
  item.tooltip = [
    `${name} ${version}`,
    ...(description === undefined ? [] : [description]),
    ...(license === undefined ? [] : [l10n.t('Licence: {0}', license)]),
    ...(origin === undefined || origin === name ? [] : [l10n.t('Built from {0}', origin)]),
  ].join('\n');
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
  item.contextValue = 'inside tree savable';
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
  const isSavable = isFolder || type === 'file' || type === 'link';
  item.contextValue = isSavable ? 'inside file savable' : 'inside file';
  item.accessibilityInformation = { label: `${file.name}, ${item.description}` };
  if (type === 'file' || type === 'link') item.command = { command: 'vscode.open', title: '', arguments: [uri] };
  return item;
}
