import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { BoardState } from '../../../src/boards/board.ts';
import {
  type BoardGroup,
  GROUPINGS,
  type GroupedBoard,
  type Grouping,
  groupBoards,
  groupDescription,
  groupingLabel,
  groupLabel,
  groupSpeech,
  groupTooltip,
} from '../../../src/editor/words/board-groups.ts';
import { BUILD, OLD, seen } from '../boards.ts';
import { PLAIN } from '../plain-words.ts';

const SINCE = { sinceMs: Date.UTC(2024, 0, 3, 12) };
const CURRENT: BoardState = { kind: 'up to date', ...SINCE, build: BUILD };
const FLASHING: BoardState = { kind: 'flashing', ...SINCE, build: BUILD };
const OVERDUE: BoardState = { kind: 'overdue', ...SINCE, build: BUILD, expectedMs: 42_000 };
const STATES: readonly BoardState[] = [
  CURRENT,
  { kind: 'silent', ...SINCE },
  FLASHING,
  { kind: 'broken off', ...SINCE, atByte: 1, ofBytes: 2, reason: 'client closed' },
  { kind: 'held', ...SINCE },
  { kind: 'refused', ...SINCE, status: 404, refusal: { kind: 'told', text: 'no image x' } },
  { kind: 'reflashing', ...SINCE, build: BUILD, times: 3, reported: OLD },
  { kind: 'waiting', ...SINCE, build: BUILD, transferId: 1 },
  OVERDUE,
];

/** A board that is current and asks for `docker-box`, where it is not said to be otherwise. */
function board(id: string, { state = CURRENT, ...like }: Partial<GroupedBoard & { state: BoardState }> = {}) {
  const { isBehind = false, ...rest } = like;
  return { ...seen(state, { id, ...rest }).board, isBehind };
}

/** The groups with the IDs of their boards. */
function told(boards: readonly GroupedBoard[], by: Exclude<Grouping, 'none'>): [label: string, ids: string][] {
  return groupBoards(boards, by).map(({ key, boards }) => [
    groupLabel(key, PLAIN),
    boards.map(({ id }) => id).join(' '),
  ]);
}

/** The only group of `boards`. */
function onlyGroup(boards: readonly GroupedBoard[], by: Exclude<Grouping, 'none'>): BoardGroup {
  const [group, ...others] = groupBoards(boards, by);
  if (group === undefined) throw new Error('no group');
  deepEqual(others, []);
  return group;
}

suite('boards that are grouped by state', () => {
  test('have the groups that the header counts, those with problems first', () => {
    const boards = STATES.map((state, index) => board(String(index), { state }));
    const held = board('held', { state: OVERDUE, isHeld: true });
    const behind = board('behind', { isBehind: true });
    deepEqual(told([...boards, held, behind], 'state'), [
      ['Overdue', '8'],
      ['Looping', '6'],
      ['Refused', '5'],
      ['Broken off', '3'],
      ['Current', '0'],
      ['Different build', 'behind'],
      ['Updating', '2 7'],
      ['Held', '4 held'],
      ['Silent', '1'],
    ]);
  });

  test('have no group without a board', () => deepEqual(told([], 'state'), []));
});

suite('boards that are grouped by box', () => {
  test('have their boxes by name, and those without one last', () => {
    const boards = [
      board('1', { wish: { board: 'odroid-c4' } }),
      board('2', { wish: { box: 'box-10', board: 'odroid-c4' } }),
      board('3', { wish: { box: 'box-2', board: 'odroid-c4' } }),
      board('4', { wish: { image: 'x' }, image: 'box-10/x' }),
    ];
    deepEqual(told(boards, 'box'), [
      ['box-2', '3'],
      ['box-10', '2 4'],
      ['No box', '1'],
    ]);
  });
});

suite('boards that are grouped by tag', () => {
  test('stand under each of their tags once, and without one last', () => {
    const boards = [
      board('1'),
      board('2', { tags: ['lab', 'canary'] }),
      board('3', { tags: ['lab', 'lab'] }),
      board('4', { tags: [] }),
    ];
    deepEqual(told(boards, 'tag'), [
      ['#canary', '2'],
      ['#lab', '2 3'],
      ['No tag', '1 4'],
    ]);
  });
});

suite('a group', () => {
  test('says how many boards it has', () => {
    equal(groupDescription(onlyGroup([board('1')], 'box'), PLAIN), '1 board');
    equal(groupDescription(onlyGroup([board('1'), board('2')], 'tag'), PLAIN), '2 boards');
  });

  test('says how many need someone to look, unless its name does', () => {
    const boards = [board('1', { state: OVERDUE }), board('2', { state: OVERDUE })];
    equal(groupDescription(onlyGroup([...boards, board('3')], 'box'), PLAIN), '3 boards · 2 overdue');
    equal(groupDescription(onlyGroup(boards, 'state'), PLAIN), '2 boards');
  });

  test('is said with what it is a group of', () => {
    const tagged = board('1', { tags: ['lab'], state: FLASHING });
    equal(groupSpeech(onlyGroup([tagged], 'state'), PLAIN), 'Updating, 1 board');
    equal(groupSpeech(onlyGroup([tagged], 'box'), PLAIN), 'box docker-box, 1 board');
    equal(groupSpeech(onlyGroup([tagged], 'tag'), PLAIN), 'tag lab, 1 board');
    equal(groupSpeech(onlyGroup([board('1')], 'tag'), PLAIN), 'No tag, 1 board');
  });

  test('has a tooltip that counts where its boards stand', () => {
    const boards = [board('1', { state: FLASHING }), board('2')];
    equal(groupTooltip(onlyGroup(boards, 'box'), PLAIN), 'docker-box\n1 current · 1 updating');
    equal(groupTooltip(onlyGroup([board('1')], 'state'), PLAIN), 'Current\n1 board');
  });
});

suite('what boards can be grouped by', () => {
  test('is called as a user picks it', () => {
    deepEqual(
      GROUPINGS.map((grouping) => groupingLabel(grouping, PLAIN)),
      ['None', 'State', 'Box', 'Tag'],
    );
  });
});
