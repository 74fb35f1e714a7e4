import * as vscode from 'vscode';
import type { BoardState } from '../../boards/board.ts';
import { isOnItsWay } from '../../boards/next-image.ts';
import { boardName } from '../words/board-name.ts';
import { boardDescription, isStopped, type SeenBoard } from '../words/board-words.ts';
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
  item.iconPath = iconOf(seen);
  item.contextValue = contextOf(seen);
  item.accessibilityInformation = { label: vscode.l10n.t('board {0}, {1}', name, description) };
  return item;
}

/** The context value by which the manifest's menus tell boards apart. */
function contextOf(seen: SeenBoard): string {
  const { isHeld, mac, pin, state } = seen.board;
  const words = [
    isHeld ? 'held' : 'released',
    ...(isStopped(seen) ? ['stopped'] : []),
    pin === undefined ? 'unpinned' : 'pinned',
    ...(mac === undefined ? [] : ['mac']),
    ...(state.kind === 'refused' ? ['refused'] : []),
  ];
  return `board ${words.join(' ')}`;
}

/** A board that gets nothing, or something else than it asks for, shows that, except while something happens to it. */
function iconOf({ board: { state, pin }, assignment }: SeenBoard): vscode.ThemeIcon {
  if (isOnItsWay(state)) return stateIcon(state.kind);
  if (assignment.kind === 'held') return stateIcon('held');
  if (assignment.kind === 'nothing') return stateIcon('withheld');
  const isWell = state.kind === 'up to date' || state.kind === 'confirmed';
  return pin !== undefined && isWell ? coloredIcon('pinned', 'testing.iconPassed') : stateIcon(state.kind);
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
    case 'withheld':
      return coloredIcon('circle-slash', 'list.warningForeground');
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
