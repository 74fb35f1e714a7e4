import * as vscode from 'vscode';
import type { Detail } from '../words/detail.ts';

/** The row of a detail of an image or a board; `id` is unique in its view. */
export function detailItem(id: string, { label, value, icon }: Detail): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.id = id;
  item.description = value;
  item.iconPath = new vscode.ThemeIcon(icon);
  item.contextValue = 'detail';
  item.accessibilityInformation = { label: `${label}: ${value}` };
  item.tooltip = value;
  return item;
}
