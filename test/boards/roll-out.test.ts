import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Board, BoardState } from '../../src/boards/board.ts';
import { keptRollOut } from '../../src/boards/kept-roll-out.ts';
import { GONE_AFTER_MS } from '../../src/boards/limits.ts';
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

/** A roll-out whose boards all failed, and that someone let go on. */
function excused(rollOut: RollOut): RollOut {
  return { ...rollOut, members: rollOut.members.map((member) => ({ ...member, isExcused: true })) };
}

const canary: Partial<Board> = { tags: ['canary'] };
const begun = started();

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
    'goes on when its canary ran the build before': [begun, fleet({ ...confirmed, ...canary }), 30, 1, 'running'],
    'waits for a board that was given it before its canary was one': [
      started('b'),
      fleet({ ...confirmed, ...canary }, flashing),
      30,
      0,
      'running',
    ],
    'is not halted by a board that ran it, and was then given another build on purpose': [
      started('a'),
      fleet({ history: [{ build: OLD, image: IMAGE, givenAtMs: 40, times: 1 }, ...GIVEN], lastSeenMs: 45 }),
      50,
      0,
      'running',
    ],
    'waits, by its time, for a board that was given it before its canary was one': [
      started('b'),
      fleet({ ...confirmed, ...canary }, flashing),
      1_012,
      0,
      'running',
    ],
    'goes on when its time is over since that board was given it': [
      started('b'),
      fleet({ ...confirmed, ...canary }, flashing),
      1_015,
      1,
      'running',
    ],
    'waits for the canary that does not run it': [
      begun,
      fleet({ ...confirmed, ...canary }, canary, confirmed),
      30,
      0,
      'running',
    ],
    'goes on when its time is over, and a canary ran the build before': [
      begun,
      fleet({ ...confirmed, ...canary }, canary),
      1_010,
      1,
      'running',
    ],
    'does not go on when its time is over, and only a board of no canaries runs it': [
      begun,
      fleet({}, canary, confirmed),
      2_000,
      0,
      'running',
    ],
    'does not go on when its time is over, and only one runs it that did before the stage opened': [
      {
        ...started('a'),
        stage: 1,
        stages: [{ kind: 'boards', count: 1 }, { kind: 'boards', count: 3 }, { kind: 'all' }],
      },
      fleet(confirmed, confirmed),
      2_000,
      1,
      'running',
    ],
    'does not go on when its time is over, and the only board that got it failed, though someone let it go on': [
      { ...excused(started('a')), stages: [{ kind: 'boards', count: 3 }, { kind: 'all' }] },
      fleet({ history: GIVEN, lastSeenMs: 25 }),
      2_000,
      0,
      'running',
    ],
    'goes on when its time is over, one board runs it, and someone let it go on after another failed': [
      { ...excused(started('a', 'b')), stages: [{ kind: 'boards', count: 3 }, { kind: 'all' }] },
      fleet({ history: GIVEN, lastSeenMs: 25 }, confirmed),
      2_000,
      1,
      'running',
    ],
    'goes on when its time is over, and boards of earlier stages fill it': [
      {
        ...started('a', 'b'),
        stage: 1,
        stages: [{ kind: 'boards', count: 2 }, { kind: 'percent', percent: 50 }, { kind: 'all' }],
      },
      fleet(confirmed, flashing),
      2_000,
      2,
      'running',
    ],
    'goes on when its stage is larger than the fleet, and all boards run it': [
      { ...started('a'), stages: [{ kind: 'boards', count: 10 }, { kind: 'all' }] },
      fleet(confirmed, confirmed, confirmed, confirmed),
      30,
      1,
      'running',
    ],
    'does not go on where the only board that is known yet ran the build before': [
      begun,
      fleet(confirmed).slice(0, 1),
      30,
      0,
      'running',
    ],
    'goes on from its canaries to all boards where its first stage is for all': [
      { ...begun, stages: [{ kind: 'all' }] },
      fleet({ ...confirmed, ...canary }),
      30,
      1,
      'running',
    ],
    'is finished when all boards run it, and its only stage was for all': [
      { ...begun, stages: [{ kind: 'all' }], stage: 1 },
      fleet({ ...confirmed, ...canary }, confirmed, confirmed, confirmed),
      30,
      1,
      'finished',
    ],
    'goes on when all boards have run it for a week, though none was given it': [
      begun,
      fleet(confirmed, confirmed, confirmed, confirmed),
      10 + GONE_AFTER_MS,
      1,
      'running',
    ],
    'does not go on before that week is over': [
      begun,
      fleet(confirmed, confirmed, confirmed, confirmed),
      9 + GONE_AFTER_MS,
      0,
      'running',
    ],
    'does not go on where a board does not run it, however long it takes': [
      begun,
      fleet(confirmed),
      10 + GONE_AFTER_MS,
      0,
      'running',
    ],
    'does not go on while there is no board': [started('a'), [], 2_000, 0, 'running'],
    'is finished when all boards run it but one that someone excused, and that failed': [
      { ...excused(started('a')), stage: 2 },
      fleet({ history: GIVEN, lastSeenMs: 25 }, confirmed, confirmed, confirmed),
      30,
      2,
      'finished',
    ],
    'is not finished while one that someone excused has not failed': [
      { ...excused(started('a')), stage: 2 },
      fleet(flashing, confirmed, confirmed, confirmed),
      30,
      2,
      'running',
    ],
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
    const after = observed(continued(halted, boards), boards, 40);
    assert.deepEqual([after.stage, after.state.kind], [1, 'running']);
    assert.equal(rollOutText(after), 'stage 2 of 3, 1 board so far');
    assert.equal(progressOf(after, boards).confirmed, 0, 'it does not run it');
  });

  it('waits on for boards that are still on their way when someone has it go on, and halts for those', () => {
    const two = { ...started('a', 'b'), stages: [{ kind: 'boards', count: 2 }, { kind: 'all' }] } as const;
    const failed: Partial<Board> = { history: GIVEN, lastSeenMs: 25 };
    const boards = fleet(failed, flashing);
    const halted = observed(two, boards, 30);
    assert.equal(halted.state.kind === 'halted' && halted.state.why.kind !== 'person' && halted.state.why.board, 'a');
    const goesOn = continued(halted, boards);
    const after = observed(goesOn, boards, 40);
    assert.deepEqual([after.stage, after.state.kind], [0, 'running']);
    assert.equal(observed(after, fleet(failed, confirmed), 50).stage, 1);
    const { state: again } = observed(after, fleet(failed, failed), 50);
    assert.equal(again.kind === 'halted' && again.why.kind !== 'person' && again.why.board, 'b');
  });

  it('goes on as it was where someone had halted it', () => {
    const boards = fleet(flashing);
    const halted = {
      ...started('a'),
      state: { kind: 'halted', why: { kind: 'person', by: 'anna', atMs: 30 } },
    } as const;
    const after = observed(continued(halted, boards), boards, 40);
    assert.deepEqual([after.stage, after.state.kind], [0, 'running']);
    assert.equal(observed(after, fleet({ history: GIVEN, lastSeenMs: 25 }), 50).state.kind, 'halted');
  });

  it('does not halt again for the board that it halted for, which takes the build once more', () => {
    const halted = observed(started('a'), fleet({ history: GIVEN, lastSeenMs: 25 }), 30);
    const after = continued(halted, fleet(flashing));
    assert.equal(observed(after, fleet({ history: GIVEN, lastSeenMs: 35 }), 40).state.kind, 'running');
  });

  it('gives the place of a board that is not there any more to the next one of the same stage', () => {
    const [, ...boards] = fleet({}, {}, {}, {});
    const [b, c] = boards;
    assert.ok(b && c);
    const after = observed(excused(started('a')), boards, 40);
    assert.deepEqual([after.stage, after.state.kind], [0, 'running']);
    const next = letIn(after, b, boards, 50);
    assert.deepEqual([isLetIn(next, b), isLetIn(letIn(next, c, boards, 50), c)], [true, false]);
    const failed = observed(next, [{ ...b, ...flashing, state: state('overdue') }, ...boards.slice(1)], 60);
    assert.equal(failed.state.kind, 'halted');
    assert.equal(observed(next, [{ ...b, ...confirmed }, ...boards.slice(1)], 60).stage, 1);
  });

  it('begins with one board also where others run the build already', () => {
    const boards = fleet(confirmed, confirmed);
    const [, , c, d] = boards;
    assert.ok(c && d);
    const next = letIn(observed(begun, boards, 30), c, boards, 40);
    assert.deepEqual([next.stage, isLetIn(next, c), isLetIn(letIn(next, d, boards, 50), d)], [0, true, false]);
    assert.equal(observed(next, boards, 60).stage, 0);
  });

  it('halts when a board was given the build and is silent since', () => {
    const silent = { history: GIVEN, lastSeenMs: 20, state: { kind: 'silent', sinceMs: 20 } } as const;
    const kindOf = (like: Partial<Board>, rollOut = started('a')) =>
      observed(rollOut, fleet().slice(1), 30, [board('a', like)]).state.kind;
    assert.equal(kindOf(silent), 'halted');
    assert.equal(kindOf({ ...silent, history: [] }), 'running', 'it was not given it');
    assert.equal(kindOf({ ...silent, ...confirmed }), 'running', 'it ran it');
    assert.equal(kindOf(silent, excused(started('a'))), 'running', 'someone said so');
  });

  it('waits for boards that may come back where its stage has room for them', () => {
    const large = { ...started('a'), stages: [{ kind: 'boards', count: 10 }, { kind: 'all' }] } as const;
    const silent = [board('b', { state: { kind: 'silent', sinceMs: 0 } })];
    const stageAt = (nowMs: number, others = silent) =>
      observed({ ...large, waitMs: Number.POSITIVE_INFINITY }, fleet(confirmed).slice(0, 1), nowMs, others).stage;
    assert.deepEqual([stageAt(GONE_AFTER_MS - 1), stageAt(GONE_AFTER_MS), stageAt(30, [])], [0, 1, 1]);
    const forgiven = excused({ ...large, members: [...large.members, { board: 'b', stage: 0, atMs: 15 }] });
    assert.equal(observed(forgiven, fleet(confirmed).slice(0, 1), 30, silent).stage, 1);
  });

  it('tells how far it is', () => {
    assert.deepEqual(progressOf({ ...started('a'), stage: 1 }, fleet(confirmed)), { confirmed: 1, of: 2 });
    assert.deepEqual(progressOf({ ...started('a'), stage: 2 }, fleet(confirmed)), { confirmed: 1, of: 4 });
  });
});
