import * as vscode from 'vscode';
import type { Board } from '../../boards/board.ts';
import { type SeenBoard, seenBoard, tagBoardsText } from '../words/board-words.ts';
import type { CommandContext, Row } from './command.ts';
import { pick } from './pick.ts';
import { boardPickItem, boardQuestion } from './pick-board.ts';

/** What a command is called on, and what it is called. */
export interface BoardsChoice {
  readonly row: Row | undefined;
  readonly selected: readonly Row[] | undefined;
  readonly title: string;
  /** Which boards are offered; all without it. */
  readonly isWanted?: (seen: SeenBoard) => boolean;
}

/** Boards under a name: those of a tag, or one. */
interface Group {
  readonly item: vscode.QuickPickItem;
  readonly ids: readonly string[];
}

/**
 * The IDs of the boards that a command is called on: those of the selected rows, if the row is one of them; without a
 * row, the board, or the boards of a tag, that the user picks. None where they pick nothing.
 */
export async function chooseBoards(context: CommandContext, choice: BoardsChoice): Promise<readonly string[]> {
  const { row, selected = [], title, isWanted = () => true } = choice;
  const registry = await context.boards.open();
  if (row === 'selection') return (await context.boardsView).selected;
  const ids = idsOf(row === undefined ? [] : [row]);
  const more = idsOf(selected);
  if (ids.length > 0) return more.includes(ids[0] ?? '') ? more : ids;
  const { snapshot } = context.project.served;
  const wanted = registry.boards.filter((board) => isWanted(seenBoard(board, registry, snapshot)));
  const one = (board: Board): Group => ({ item: boardPickItem(seenBoard(board, registry, snapshot)), ids: [board.id] });
  const groups = [...tagGroups(wanted), ...wanted.map(one)];
  return (await pick(groups, ({ item }) => item, boardQuestion(title)))?.ids ?? [];
}

/** The boards of rows, each once. */
function idsOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.flatMap((row) => (typeof row === 'object' && 'id' in row ? [row.id] : [])))];
}

function tagGroups(boards: readonly Board[]): Group[] {
  const tags = [...new Set(boards.flatMap(({ tags = [] }) => tags))].sort();
  return tags.map((tag) => {
    const ids = boards.filter(({ tags }) => tags?.includes(tag)).map(({ id }) => id);
    return { item: { label: `#${tag}`, description: tagBoardsText(ids.length, vscode.l10n) }, ids };
  });
}
