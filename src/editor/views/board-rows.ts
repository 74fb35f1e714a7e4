import * as vscode from 'vscode';
import type { Board, BoardState } from '../../boards/board.ts';
import { boardName } from '../words/board-name.ts';
import { boardDescription, isOnItsWay, type SeenBoard } from '../words/board-words.ts';
import type { Detail } from '../words/detail.ts';
import { coloredIcon } from './colored-icon.ts';

/** A row of the view of boards. A board keeps the same object as its row as long as it is known. */
export type BoardsNode =
  | { readonly kind: 'board'; readonly id: string }
  | { readonly kind: 'board detail'; readonly id: string; readonly index: number; readonly detail: Detail };

export function boardItem(seen: SeenBoard): vscode.TreeItem {
  const { board } = seen;
  const name = boardName(board);
  const description = boardDescription(seen, vscode.l10n, vscode.env.language);
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = board.id;
  item.description = description;
  item.iconPath = iconOf(board);
  item.contextValue = contextOf(board);
  item.accessibilityInformation = { label: vscode.l10n.t('board {0}, {1}', name, description) };
  item.tooltip = `${name}\n${description}`;
  return item;
}

/** The context value by which the manifest's menus tell boards apart. */
function contextOf({ isHeld, mac }: Board): string {
  return `board ${isHeld ? 'held' : 'released'}${mac === undefined ? '' : ' mac'}`;
}

/** A board on hold shows that, except while something happens to it. */
function iconOf({ state, isHeld }: Board): vscode.ThemeIcon {
  return isHeld && !isOnItsWay(state) ? stateIcon('held') : stateIcon(state.kind);
}

function stateIcon(kind: BoardState['kind']): vscode.ThemeIcon {
  switch (kind) {
    case 'checking':
      return new vscode.ThemeIcon('loading~spin');
    case 'waiting':
      return coloredIcon('clock', 'charts.blue');
    case 'downloading':
      return coloredIcon('cloud-download', 'charts.blue');
    case 'flashing':
      return coloredIcon('zap', 'charts.blue');
    case 'overdue':
      return coloredIcon('watch', 'list.warningForeground');
    case 'confirmed':
      return coloredIcon('pass-filled', 'testing.iconPassed');
    case 'up to date':
      return coloredIcon('check', 'testing.iconPassed');
    case 'held':
      return coloredIcon('debug-pause', 'list.warningForeground');
    case 'refused':
      return coloredIcon('warning', 'list.warningForeground');
    case 'broken off':
      return coloredIcon('error', 'list.errorForeground');
    case 'reflashing':
      return coloredIcon('debug-restart', 'list.warningForeground');
    case 'silent':
      return coloredIcon('debug-disconnect', 'disabledForeground');
  }
}
