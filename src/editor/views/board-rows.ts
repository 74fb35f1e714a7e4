import * as vscode from 'vscode';
import type { BoardState } from '../../boards/board.ts';
import { isOnItsWay } from '../../boards/next-image.ts';
import type { Standing } from '../../boards/standing.ts';
import { type BoardGroup, type GroupKey, groupDescription, groupLabel, groupSpeech } from '../words/board-groups.ts';
import { boardName } from '../words/board-name.ts';
import { boardDescription, isStopped, type SeenBoard } from '../words/board-words.ts';
import type { Detail } from '../words/detail.ts';
import { clientText } from '../words/words.ts';
import type { BoardNode, GroupNode } from './boards-tree.ts';
import { coloredIcon } from './colored-icon.ts';

/** A row of the view of boards. */
export type BoardsNode =
  | GroupNode
  | BoardNode
  | {
      readonly kind: 'board detail';
      readonly id: string;
      readonly of: BoardNode;
      readonly index: number;
      readonly detail: Detail;
    };

/** The row of a group. `members`: its boards, which tell what can be done with them. */
export function groupItem({ rowId }: GroupNode, group: BoardGroup, members: readonly SeenBoard[]): vscode.TreeItem {
  const item = new vscode.TreeItem(groupLabel(group.key, vscode.l10n), vscode.TreeItemCollapsibleState.Expanded);
  item.id = rowId;
  item.description = groupDescription(group, vscode.l10n);
  item.iconPath = groupIcon(group.key);
  item.contextValue = `group ${[...new Set(members.flatMap(contextWords))].sort().join(' ')}`;
  item.accessibilityInformation = { label: groupSpeech(group, vscode.l10n) };
  return item;
}

function groupIcon(key: GroupKey): vscode.ThemeIcon {
  switch (key.by) {
    case 'state':
      return standingIcon(key.name);
    case 'box':
      return new vscode.ThemeIcon('package');
    case 'tag':
      return new vscode.ThemeIcon('bookmark');
  }
}

function standingIcon(standing: Standing): vscode.ThemeIcon {
  switch (standing) {
    case 'current':
      return stateIcon('up to date');
    case 'different':
      return new vscode.ThemeIcon('versions');
    case 'updating':
      return stateIcon('downloading');
    case 'looping':
      return stateIcon('reflashing');
    default:
      return stateIcon(standing);
  }
}

/** The row of a board; `isNamesake`: another board has its name, and its address tells them apart. */
export function boardItem({ rowId }: BoardNode, seen: SeenBoard, isNamesake: boolean): vscode.TreeItem {
  const { board } = seen;
  const name = boardName(board);
  const state = boardDescription(seen, vscode.l10n, vscode.env.language);
  const description = isNamesake ? `${clientText(board.address)} · ${state}` : state;
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = rowId;
  item.description = description;
  item.iconPath = iconOf(seen);
  item.contextValue = `board ${contextWords(seen).join(' ')}`;
  item.accessibilityInformation = { label: vscode.l10n.t('board {0}, {1}', name, description) };
  return item;
}

/** The words of the context value by which the manifest's menus tell boards apart. */
function contextWords(seen: SeenBoard): string[] {
  const { isHeld, mac, pin, state } = seen.board;
  return [
    isHeld ? 'held' : 'released',
    ...(isStopped(seen) ? ['stopped'] : []),
    pin === undefined ? 'unpinned' : 'pinned',
    ...(mac === undefined ? [] : ['mac']),
    ...(state.kind === 'refused' ? ['refused'] : []),
  ];
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
