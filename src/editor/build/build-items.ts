import path from 'node:path';
import * as vscode from 'vscode';
import { splitImageName } from '../../images/image-parts.ts';
import { nameInBox } from '../words/image-words.ts';
import type { BuildNode, PartNode, RowNote } from './build-nodes.ts';

/** What such a row looks like; `note`: that the image is being built. */
export function buildItem(node: BuildNode, note: RowNote | undefined): vscode.TreeItem {
  switch (node.kind) {
    case 'possible':
      return possibleItem(node.image, note);
    case 'recipe':
      return recipeItem(node.box.path, node.box.name);
    case 'part':
      return partItem(node);
  }
}

function possibleItem({ folder, image, board }: { folder: string; image: string; board: string }, note?: RowNote) {
  const { l10n } = vscode;
  const box = path.basename(folder);
  const item = new vscode.TreeItem(nameInBox(image, box, splitImageName(image, box, [board])));
  const text = note?.text ?? l10n.t('not built');
  item.id = path.join(folder, image);
  item.description = text;
  item.iconPath =
    note === undefined
      ? new vscode.ThemeIcon('circle-outline', new vscode.ThemeColor('disabledForeground'))
      : new vscode.ThemeIcon('loading~spin');
  item.contextValue = note === undefined ? 'possible' : 'possible building';
  item.tooltip = `${image}\n${note?.state ?? text}`;
  item.accessibilityInformation = { label: l10n.t('image {0}, {1}', image, text) };
  return item;
}

function recipeItem(folder: string, box: string): vscode.TreeItem {
  const { l10n } = vscode;
  const item = new vscode.TreeItem(l10n.t('Consists of'), vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `${folder}\0recipe`;
  const text = l10n.t('BOXBUILDs, packages and sizes');
  item.description = text;
  item.iconPath = new vscode.ThemeIcon('list-tree');
  item.accessibilityInformation = { label: `${l10n.t('what box {0} consists of', box)}: ${text}` };
  return item;
}

function partItem({ id, label, description, icon, file, children }: PartNode): vscode.TreeItem {
  const { TreeItemCollapsibleState } = vscode;
  const state = children.length > 0 ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.None;
  const item = new vscode.TreeItem(label, state);
  item.id = id;
  item.description = description;
  item.iconPath = new vscode.ThemeIcon(icon);
  item.contextValue = 'part';
  item.accessibilityInformation = { label: [label, description].filter(Boolean).join(', ') };
  if (file !== undefined) {
    item.tooltip = file;
    item.command = {
      command: 'vscode.open',
      title: vscode.l10n.t('Open BOXBUILD'),
      arguments: [vscode.Uri.file(file)],
    };
  }
  return item;
}
