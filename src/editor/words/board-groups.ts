import type { Board } from '../../boards/board.ts';
import {
  type CountedBoard,
  problemsText,
  STANDINGS_BY_URGENCY,
  type Standing,
  standingOf,
  standingsText,
} from '../../boards/standing.ts';
import { byName } from '../../by-name.ts';
import { tagBoardsText } from './board-words.ts';
import type { Words } from './words.ts';

/** What boards are grouped by. */
export type Grouping = 'none' | 'state' | 'box' | 'tag';

/** In the order in which they are offered. */
export const GROUPINGS: readonly Grouping[] = ['none', 'state', 'box', 'tag'];

/** A board, and what it is counted by. */
export type GroupedBoard = Pick<Board, 'id' | 'wish' | 'image' | 'tags'> & CountedBoard;

/** What the boards of a group have in common; without a name, that they have no tag, or ask for no box that is known. */
export type GroupKey =
  | { readonly by: 'state'; readonly name: Standing }
  | { readonly by: 'box' | 'tag'; readonly name: string | undefined };

/** Boards that are shown under one row. */
export interface BoardGroup {
  readonly key: GroupKey;
  readonly boards: readonly GroupedBoard[];
}

/**
 * Groups of `boards`, which stay in their order. A board with several tags is in the group of each. States that need
 * someone to look come first, boxes and tags are in the order of their names, and those without one last.
 */
export function groupBoards(boards: readonly GroupedBoard[], by: Exclude<Grouping, 'none'>): readonly BoardGroup[] {
  if (by === 'state') {
    const groups = collect(boards, (board) => [standingOf(board)]);
    return STANDINGS_BY_URGENCY.flatMap((name) => {
      const members = groups.get(name);
      return members === undefined ? [] : [{ key: { by, name }, boards: members }];
    });
  }
  const groups = collect(boards, by === 'box' ? boxesOf : tagsOf);
  return [...groups].sort(([a], [b]) => compareNames(a, b)).map(([name, boards]) => ({ key: { by, name }, boards }));
}

/** The boards by their names; a board that has several is with each. */
function collect<Name>(
  boards: readonly GroupedBoard[],
  namesOf: (board: GroupedBoard) => readonly Name[],
): Map<Name, GroupedBoard[]> {
  const groups = new Map<Name, GroupedBoard[]>();
  for (const board of boards) {
    for (const name of namesOf(board)) {
      const members = groups.get(name);
      if (members === undefined) groups.set(name, [board]);
      else members.push(board);
    }
  }
  return groups;
}

/** The box that a board asks for, by its name or by that of its image. */
function boxesOf({ wish, image }: GroupedBoard): readonly (string | undefined)[] {
  return [wish.box ?? image?.split('/')[0]];
}

function tagsOf({ tags = [] }: GroupedBoard): readonly (string | undefined)[] {
  return tags.length === 0 ? [undefined] : [...new Set(tags)];
}

function compareNames(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return byName(a, b);
}

/** What a group is called. */
export function groupLabel(key: GroupKey, words: Words): string {
  switch (key.by) {
    case 'state':
      return standingLabel(key.name, words);
    case 'box':
      return key.name ?? words.t('No box');
    case 'tag':
      return key.name === undefined ? words.t('No tag') : `#${key.name}`;
  }
}

/** How many boards a group has and, where its name does not say so, how many of them need someone to look at them. */
export function groupDescription({ key, boards }: BoardGroup, words: Words): string {
  const problems = key.by === 'state' ? '' : problemsText(boards, words);
  return [tagBoardsText(boards.length, words), problems].filter((part) => part !== '').join(' · ');
}

/** What a screen reader says of a group's row. */
export function groupSpeech(group: BoardGroup, words: Words): string {
  const { key } = group;
  const description = groupDescription(group, words);
  if (key.by === 'box' && key.name !== undefined) return words.t('box {0}, {1}', key.name, description);
  if (key.by === 'tag' && key.name !== undefined) return words.t('tag {0}, {1}', key.name, description);
  return `${groupLabel(key, words)}, ${description}`;
}

/** What pointing at a group's row shows: where its boards stand. */
export function groupTooltip({ key, boards }: BoardGroup, words: Words): string {
  const counts = key.by === 'state' ? tagBoardsText(boards.length, words) : standingsText(boards, words);
  return `${groupLabel(key, words)}\n${counts}`;
}

/** What a grouping is called where the user picks one. */
export function groupingLabel(grouping: Grouping, words: Words): string {
  switch (grouping) {
    case 'none':
      return words.t('None');
    case 'state':
      return words.t('State');
    case 'box':
      return words.t('Box');
    case 'tag':
      return words.t('Tag');
  }
}

function standingLabel(standing: Standing, words: Words): string {
  switch (standing) {
    case 'current':
      return words.t('Current');
    case 'different':
      return words.t('Different build');
    case 'updating':
      return words.t('Updating');
    case 'held':
      return words.t('Held');
    case 'overdue':
      return words.t('Overdue');
    case 'looping':
      return words.t('Looping');
    case 'refused':
      return words.t('Refused');
    case 'broken off':
      return words.t('Broken off');
    case 'silent':
      return words.t('Silent');
  }
}
