import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Board, BoardState } from '../../src/boards/board.ts';
import { keptRollOut } from '../../src/boards/kept-roll-out.ts';
import {
  continued,
  isLetIn,
  letIn,
  newRollOut,
  observed,
  progressOf,
  type RollOut,
} from '../../src/boards/roll-out.ts';
import { rollOutText } from '../../src/boards/roll-out-text.ts';

const [OLD, NEW] = ['0'.repeat(64), '1'.repeat(64)];
const IMAGE = 'box/box-pi';
const STAGES = [{ kind: 'boards', count: 1 }, { kind: 'percent', percent: 50 }, { kind: 'all' }] as const;

function board(id: string, like: Partial<Board> = {}): Board {
  return {
    id,
    address: id,
    wish: { box: 'box', board: 'pi' },
    reportedBuild: OLD,
    state: { kind: 'up to date', sinceMs: 0, build: OLD },
    firstSeenMs: 0,
    lastSeenMs: 0,
    isHeld: false,
    history: [],
    ...like,
  };
}

const GIVEN = [{ build: NEW, image: IMAGE, givenAtMs: 20, times: 1 }];
const flashing: Partial<Board> = { history: GIVEN, state: { kind: 'flashing', sinceMs: 20, build: NEW } };
const confirmed: Partial<Board> = { reportedBuild: NEW, lastSeenMs: 30 };

function fleet(...first: readonly Partial<Board>[]): Board[] {
  return ['a', 'b', 'c', 'd'].map((id, at) => board(id, first[at]));
}

function started(...members: readonly string[]): RollOut {
  const begun = newRollOut(IMAGE, NEW, OLD, { stages: STAGES, waitMs: 1_000 }, 10);
  return { ...begun, members: members.map((id) => ({ board: id, stage: 0, atMs: 15 })) };
}

const state = (kind: 'overdue' | 'reflashing'): BoardState =>
  kind === 'overdue'
    ? { kind, sinceMs: 25, build: NEW, expectedMs: 1 }
    : { kind, sinceMs: 25, build: NEW, times: 2, reported: OLD };

describe('a roll-out', () => {
  it('lets in as many boards as its stage has, the first ones that ask', () => {
    const boards = fleet();
    const [a, b] = boards;
    assert.ok(a && b);
    const one = letIn(started(), a, boards, 15);
    assert.deepEqual([isLetIn(one, a), isLetIn(one, b)], [true, false]);
    assert.equal(letIn(one, a, boards, 16), one);
    assert.equal(letIn(one, b, boards, 16), one);
    assert.equal(isLetIn(one, board('x', confirmed)), true);
  });

  it('lets in canaries first, all of them', () => {
    const boards = fleet({}, { tags: ['canary'] }, { tags: ['canary', 'lab'] });
    const [a, b, c] = boards;
    assert.ok(a && b && c);
    const both = letIn(letIn(letIn(started(), a, boards, 15), b, boards, 15), c, boards, 15);
    assert.deepEqual(
      both.members.map((member) => member.board),
      ['b', 'c'],
    );
  });

  const steps: Record<string, readonly [RollOut, Board[], nowMs: number, stage: number, state: string]> = {
    'waits for the boards of its stage': [started('a'), fleet(flashing), 30, 0, 'running'],
    'goes on when all of its stage are confirmed': [started('a'), fleet(confirmed), 30, 1, 'running'],
    'does not go on while its stage has room': [{ ...started('a'), stage: 1 }, fleet(confirmed), 30, 1, 'running'],
    'goes on when its time is over, and one is confirmed': [
      { ...started('a', 'b'), stage: 0, stages: [{ kind: 'boards', count: 3 }, { kind: 'all' }] },
      fleet(confirmed, flashing),
      2_000,
      1,
      'running',
    ],
    'does not go on when its time is over, and none is confirmed': [started('a'), fleet(flashing), 2_000, 0, 'running'],
    'halts when one is overdue': [started('a'), fleet({ ...flashing, state: state('overdue') }), 30, 0, 'halted'],
    'halts when one loops': [started('a'), fleet({ ...flashing, state: state('reflashing') }), 30, 0, 'halted'],
    'halts when one reports another build': [started('a'), fleet({ history: GIVEN, lastSeenMs: 25 }), 30, 0, 'halted'],
    'halts in the last stage, too': [
      { ...started('a'), stage: 2 },
      fleet({ history: GIVEN, lastSeenMs: 25 }),
      30,
      2,
      'halted',
    ],
    'is not halted by a board that is pinned meanwhile': [
      started('a'),
      fleet({ history: GIVEN, lastSeenMs: 25, pin: { image: IMAGE, build: OLD, by: 'anna', atMs: 1 } }),
      30,
      0,
      'running',
    ],
    'is not halted by a board that is forgotten': [started('x'), fleet(), 30, 0, 'running'],
    'is finished when all boards run it': [
      { ...started('a'), stage: 2 },
      fleet(confirmed, confirmed, confirmed, confirmed),
      30,
      2,
      'finished',
    ],
  };
  for (const [what, [before, boards, nowMs, stage, kind]] of Object.entries(steps)) {
    it(what, () => {
      const after = observed(before, boards, nowMs);
      assert.deepEqual([after.stage, after.state.kind], [stage, kind]);
      assert.deepEqual(keptRollOut(JSON.parse(JSON.stringify(after))), after);
    });
  }

  it('goes on when someone says so, whatever one board did', () => {
    const boards = fleet({ history: GIVEN, lastSeenMs: 25 });
    const halted = observed(started('a'), boards, 30);
    assert.match(rollOutText(halted), /^halted: a board that got it reports another build$/);
    const after = observed(continued(halted), boards, 40);
    assert.deepEqual([after.stage, after.state.kind], [1, 'running']);
    assert.equal(rollOutText(after), 'stage 2 of 3, 1 board so far');
  });

  it('tells how far it is', () => {
    assert.deepEqual(progressOf({ ...started('a'), stage: 1 }, fleet(confirmed)), { confirmed: 1, of: 2 });
    assert.deepEqual(progressOf({ ...started('a'), stage: 2 }, fleet(confirmed)), { confirmed: 1, of: 4 });
  });
});
