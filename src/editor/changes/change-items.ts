import * as vscode from 'vscode';
import type { FileChange, PackageChange } from '../../contents/inventory-difference.ts';
import { coloredIcon } from '../views/colored-icon.ts';
import {
  type ChangeGroup,
  countsText,
  fileChangeText,
  groupLabel,
  groupText,
  kindText,
  packageChangeText,
} from '../words/change-words.ts';
import type { ChangesNode } from './change-nodes.ts';

/** Resources that stand for changes, so that decorations can be given to them. */
const SCHEME = 'mkbox-change';

/** More rows than this are folded at first. */
const MOST_UNFOLDED = 50;

type Kind = FileChange['kind'] | PackageChange['kind'];
type NodeOf<K extends ChangesNode['kind']> = Extract<ChangesNode, { kind: K }>;

const GROUP_ICONS: Readonly<Record<ChangeGroup, string>> = {
  packages: 'extensions',
  boardConf: 'settings',
  files: 'files',
  initramfs: 'file-zip',
  expected: 'check-all',
};

/** What such a row looks like. */
export function changeItem(node: ChangesNode): vscode.TreeItem {
  switch (node.kind) {
    case 'change group':
      return groupItem(node);
    case 'package change':
      return packageItem(node);
    case 'line change':
      return lineItem(node);
    case 'change folder':
      return folderItem(node);
    case 'file change':
      return fileItem(node);
  }
}

/** How the name in the row is coloured, and marked. */
export function changeDecoration({ scheme, fragment }: vscode.Uri): vscode.FileDecoration | undefined {
  if (scheme !== SCHEME) return undefined;
  const kind = fragment as Kind;
  return new vscode.FileDecoration(LETTERS[kind], kindText(kind, vscode.l10n), new vscode.ThemeColor(COLORS[kind]));
}

/** As git's. */
const LETTERS: Readonly<Record<Kind, string>> = { added: 'A', removed: 'D', changed: 'M', updated: 'M' };
const COLORS: Readonly<Record<Kind, string>> = {
  added: 'gitDecoration.addedResourceForeground',
  removed: 'gitDecoration.deletedResourceForeground',
  changed: 'gitDecoration.modifiedResourceForeground',
  updated: 'gitDecoration.modifiedResourceForeground',
};

function groupItem({ group, counts }: NodeOf<'change group'>): vscode.TreeItem {
  const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const label = groupLabel(group, vscode.l10n);
  const item = new vscode.TreeItem(label, group === 'expected' ? Collapsed : Expanded);
  item.id = group;
  item.description = groupText(group, counts, vscode.l10n, vscode.env.language);
  item.iconPath = new vscode.ThemeIcon(GROUP_ICONS[group]);
  item.contextValue = 'change group';
  item.accessibilityInformation = { label: `${label}, ${item.description}` };
  if (group === 'expected') item.tooltip = vscode.l10n.t('Differs in every build, and says nothing about the image');
  return item;
}

function packageItem({ change }: NodeOf<'package change'>): vscode.TreeItem {
  const { kind, name, after, before } = change;
  const item = new vscode.TreeItem(name);
  item.id = `package ${name}`;
  item.resourceUri = resourceOf(name, kind);
  item.iconPath = coloredIcon('package', COLORS[kind]);
  item.description = packageChangeText(change, vscode.env.language);
  item.tooltip = [`${name} ${item.description}`, (after ?? before)?.description ?? ''].join('\n').trimEnd();
  item.accessibilityInformation = { label: `${name}, ${kindText(kind, vscode.l10n)}, ${item.description}` };
  return item;
}

function lineItem({ index, change: { kind, line, isExpected } }: NodeOf<'line change'>): vscode.TreeItem {
  const item = new vscode.TreeItem(line);
  item.id = `line ${isExpected} ${index}`;
  item.iconPath = coloredIcon(kind === 'added' ? 'diff-added' : 'diff-removed', COLORS[kind]);
  item.tooltip = line;
  item.accessibilityInformation = { label: `${kindText(kind, vscode.l10n)}: ${line}` };
  return item;
}

function folderItem({ tree, path, name, counts, own }: NodeOf<'change folder'>): vscode.TreeItem {
  const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const { l10n, env } = vscode;
  const isLarge = counts.added + counts.removed + counts.changed > MOST_UNFOLDED;
  const item = new vscode.TreeItem(name, isLarge ? Collapsed : Expanded);
  const ownText = own === undefined ? '' : fileChangeText(own, l10n, env.language);
  item.id = `folder ${tree}${path}`;
  item.iconPath = vscode.ThemeIcon.Folder;
  if (own !== undefined) item.resourceUri = resourceOf(path, own.kind);
  item.description = [countsText(counts, l10n, env.language), ...(ownText === '' ? [] : [ownText])].join(' · ');
  item.tooltip = `${path}\n${item.description}`;
  item.contextValue = 'change folder';
  item.accessibilityInformation = { label: l10n.t('folder {0}, {1}', name, item.description) };
  return item;
}

function fileItem(node: NodeOf<'file change'>): vscode.TreeItem {
  const { tree, name, change } = node;
  const { kind, path, before, after } = change;
  const item = new vscode.TreeItem(name);
  const text = fileChangeText(change, vscode.l10n, vscode.env.language);
  item.id = `file ${tree}${path}`;
  item.resourceUri = resourceOf(path, kind);
  item.iconPath = (after ?? before)?.type === 'folder' ? vscode.ThemeIcon.Folder : vscode.ThemeIcon.File;
  item.description = text;
  item.tooltip = [path, `${kindText(kind, vscode.l10n)}${text === '' ? '' : `: ${text}`}`].join('\n');
  item.contextValue = 'change file';
  item.accessibilityInformation = { label: [name, kindText(kind, vscode.l10n), text].filter(Boolean).join(', ') };
  if (before?.type === 'file' || after?.type === 'file') {
    item.command = { command: 'mkbox.openChange', title: '', arguments: [node] };
  }
  return item;
}

function resourceOf(path: string, kind: Kind): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: path.startsWith('/') ? path : `/${path}`, fragment: kind });
}
