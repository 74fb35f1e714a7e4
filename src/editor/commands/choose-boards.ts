import * as vscode from 'vscode';
import type { Board } from '../../boards/board.ts';
import { knownBoards, tellGone } from '../known-boards.ts';
import type { BoardsView } from '../views/boards-view.ts';
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
  readonly boards: readonly Board[];
}

/**
 * The boards that a command is called on, each once: those of the selected rows, if the row is one of them,
 * where a group's row stands for its boards that are wanted; without a row, the board, the selected boards, or the
 * boards of a tag, that the user picks. None where they pick nothing. They are told of those that are no longer listed.
 */
export async function chooseBoards(context: CommandContext, choice: BoardsChoice): Promise<readonly Board[]> {
  const { row, selected = [], title, isWanted = () => true } = choice;
  const registry = await context.boards.open();
  const { snapshot } = context.project.served;
  const isWantedNow = (id: string) => {
    const board = registry.get(id);
    return board !== undefined && isWanted(seenBoard(board, registry, snapshot));
  };
  if (row !== undefined) {
    const view = await context.boardsView;
    const rows = row === 'selection' ? view.selection : selected.includes(row) ? selected : [row];
    const ids = idsOf(rows, view, isWantedNow);
    const gone = ids.filter((id) => registry.get(id) === undefined);
    tellGone(Array(gone.length), ids.length);
    return ids.flatMap((id) => registry.get(id) ?? []);
  }
  const wanted = registry.boards.filter((board) => isWanted(seenBoard(board, registry, snapshot)));
  const one = (board: Board): Group => ({ item: boardPickItem(seenBoard(board, registry, snapshot)), boards: [board] });
  const view = await context.boardsView;
  const marked = idsOf(view.selection, view, isWantedNow);
  const isMarked = ({ id }: Board) => marked.includes(id);
  const others = wanted.filter((board) => !isMarked(board));
  const groups = [...markedGroups(wanted.filter(isMarked), one), ...tagGroups(wanted), ...others.map(one)];
  const picked = await pick(groups, ({ item }) => item, boardQuestion(title));
  return knownBoards(picked?.boards ?? [], registry);
}

function idsOf(rows: readonly Row[], view: BoardsView, isWanted: (id: string) => boolean): readonly string[] {
  const ids = rows.flatMap((row) => {
    if (typeof row !== 'object') return [];
    if (row.kind === 'board group') return view.boardsIn(row).filter(isWanted);
    return 'id' in row ? [row.id] : [];
  });
  return [...new Set(ids)];
}

/** The boards that are selected in the view: all of them, and each. */
function markedGroups(boards: readonly Board[], one: (board: Board) => Group): Group[] {
  const label = vscode.l10n.t('The {0} selected boards', boards.length);
  const all = boards.length > 1 ? [{ item: { label }, boards }] : [];
  return [...all, ...boards.map(one)];
}

function tagGroups(boards: readonly Board[]): Group[] {
  const tags = [...new Set(boards.flatMap(({ tags = [] }) => tags))].sort();
  return tags.map((tag) => {
    const tagged = boards.filter(({ tags }) => tags?.includes(tag));
    return { item: { label: `#${tag}`, description: tagBoardsText(tagged.length, vscode.l10n) }, boards: tagged };
  });
}
