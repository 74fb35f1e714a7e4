import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Assignment, assignment, type Conditions } from '../../src/boards/assignment.ts';
import { assignmentText } from '../../src/boards/assignment-text.ts';
import type { Act, Board, GivenBuild, Pin, ServeOnce } from '../../src/boards/board.ts';
import { newRollOut, type RollOut } from '../../src/boards/roll-out.ts';

const [OLD, NEW, OTHER] = ['0'.repeat(64), '1'.repeat(64), '2'.repeat(64)];
const IMAGE = 'box/box-pi';
const MAIN = 'box/box-pi-main';
const ACT: Act = { by: 'anna', atMs: Date.UTC(2026, 10, 28, 9, 30) };
const WHY: Act = { ...ACT, why: 'the display' };

function board(like: Partial<Board> = {}): Board {
  return {
    id: '1',
    address: '192.0.2.1',
    wish: { box: 'box', board: 'pi' },
    reportedBuild: OLD,
    state: { kind: 'checking', sinceMs: 0 },
    firstSeenMs: 0,
    lastSeenMs: 0,
    isHeld: false,
    history: [],
    ...like,
  };
}

function under(like: Partial<Conditions> = {}): Conditions {
  const served = (image: string) =>
    new Map([
      [IMAGE, NEW],
      [MAIN, OTHER],
    ]).get(image);
  return {
    builds: { served, has: (image, build) => served(image) === build || (image === IMAGE && build === OLD) },
    stopsLoops: true,
    isOne: () => true,
    isServedOnce: false,
    ...like,
  };
}

function pin(to: Partial<Pin>, act = ACT): Pin {
  return { image: IMAGE, ...to, ...act };
}

function once(to: Partial<ServeOnce> = {}): Partial<Board> {
  return { once: { ...ACT, ...to } };
}

function servedOnce(image: string, to: Partial<ServeOnce> = {}): Assignment {
  return { kind: 'image', image, why: { kind: 'once', act: { ...ACT, ...to } } };
}

function looped(like: Partial<GivenBuild> = {}): Partial<Board> {
  return { history: [{ build: NEW, image: IMAGE, givenAtMs: 0, times: 3, loops: 3, ...like }] };
}

const NEWEST: Assignment = { kind: 'newest' };
const LOOP: Assignment = { kind: 'nothing', until: { kind: 'loop stopped', build: NEW, times: 3, reported: OLD } };
const MISSING = pin({ build: '9'.repeat(64) });
const ROLL_OUT: RollOut = {
  ...newRollOut(IMAGE, NEW, OLD, { stages: [{ kind: 'boards', count: 1 }, { kind: 'all' }] }, 0),
  members: [{ board: 'first', stage: 0, atMs: 0 }],
};
const EARLIER = { ...ACT, build: OLD };

/** What a board is, what else is decided, and what it gets. */
const CASES: Record<string, readonly [like: Partial<Board>, conditions: Partial<Conditions>, gets: Assignment]> = {
  'the newest': [{}, {}, NEWEST],
  'nothing on hold': [{ isHeld: true, held: ACT }, {}, { kind: 'held', held: ACT }],
  'nothing on hold, of which is not known whose it is': [{ isHeld: true }, {}, { kind: 'held', held: undefined }],
  'nothing on hold, though it is pinned': [{ isHeld: true, pin: pin({}) }, {}, { kind: 'held', held: undefined }],
  'nothing on hold, though it is served once': [
    { isHeld: true },
    { isServedOnce: true },
    { kind: 'held', held: undefined },
  ],
  'the build that it is pinned to': [
    { pin: pin({ build: OLD }) },
    {},
    { kind: 'build', image: IMAGE, build: OLD, why: { kind: 'pin', act: pin({ build: OLD }) } },
  ],
  'the image that it is pinned to': [
    { pin: pin({ image: MAIN }) },
    {},
    { kind: 'image', image: MAIN, why: { kind: 'pin', act: pin({ image: MAIN }) } },
  ],
  'nothing while the build that it is pinned to is not there': [
    { pin: MISSING },
    {},
    {
      kind: 'nothing',
      until: { kind: 'build missing', image: IMAGE, build: MISSING.build, why: { kind: 'pin', act: MISSING } },
    },
  ],
  'nothing while the image that it is pinned to is not there': [
    { pin: pin({ image: 'box/no' }) },
    {},
    {
      kind: 'nothing',
      until: {
        kind: 'build missing',
        image: 'box/no',
        build: undefined,
        why: { kind: 'pin', act: pin({ image: 'box/no' }) },
      },
    },
  ],
  'the earlier build that everyone gets': [
    {},
    { earlier: EARLIER },
    { kind: 'build', image: IMAGE, build: OLD, why: { kind: 'earlier', act: EARLIER } },
  ],
  'what it is pinned to, though everyone gets an earlier build': [
    { pin: pin({ build: NEW }) },
    { earlier: EARLIER },
    { kind: 'build', image: IMAGE, build: NEW, why: { kind: 'pin', act: pin({ build: NEW }) } },
  ],
  'nothing once it got that three times': [looped(), {}, LOOP],
  'nothing once it got that three times, though it is pinned to it': [
    { ...looped(), pin: pin({ build: NEW }) },
    {},
    LOOP,
  ],
  'another build than the one that it got three times': [
    { ...looped(), pin: pin({ build: OLD }) },
    {},
    { kind: 'build', image: IMAGE, build: OLD, why: { kind: 'pin', act: pin({ build: OLD }) } },
  ],
  'the build again that it got twice': [looped({ loops: 2 }), {}, NEWEST],
  'the build again that it got three times, once it was released': [looped({ loops: 0 }), {}, NEWEST],
  'the build again that it got three times, where no loop is stopped': [looped(), { stopsLoops: false }, NEWEST],
  'the build again that it got three times, where it may be several boards': [looped(), { isOne: () => false }, NEWEST],
  'the build again that it got three times, where someone serves it once': [looped(), { isServedOnce: true }, NEWEST],
  'the build again that it got three times, where someone gives it one update': [
    { ...looped(), ...once() },
    {},
    servedOnce(IMAGE),
  ],
  'the newest that is rolled out where someone gives it one update': [once(), { rollOut: ROLL_OUT }, servedOnce(IMAGE)],
  'the image that someone serves it once, though it is pinned': [
    { ...once({ image: MAIN }), pin: pin({ build: OLD }) },
    { earlier: EARLIER },
    servedOnce(MAIN, { image: MAIN }),
  ],
  'nothing while the image that it is to be served once is not there': [
    once({ image: 'box/no' }),
    {},
    {
      kind: 'nothing',
      until: {
        kind: 'build missing',
        image: 'box/no',
        build: undefined,
        why: { kind: 'once', act: { ...ACT, image: 'box/no' } },
      },
    },
  ],
  'what it is pinned to, though it got that three times, where someone gives it one update': [
    { ...looped(), ...once(), pin: pin({ build: NEW }) },
    {},
    { kind: 'build', image: IMAGE, build: NEW, why: { kind: 'pin', act: pin({ build: NEW }) } },
  ],
  'the earlier build that everyone gets, where someone gives it one update': [
    once(),
    { earlier: EARLIER },
    { kind: 'build', image: IMAGE, build: OLD, why: { kind: 'earlier', act: EARLIER } },
  ],
  'nothing on hold, though someone gives it one update': [
    { isHeld: true, ...once() },
    {},
    { kind: 'held', held: undefined },
  ],
  'what it got before, once it has the one update': [{ ...looped(), ...once({ isDone: true }) }, {}, LOOP],
  'nothing while the newest is rolled out and it is not its turn': [
    {},
    { rollOut: ROLL_OUT },
    { kind: 'nothing', until: { kind: 'not its turn', rollOut: ROLL_OUT } },
  ],
  'the newest that is rolled out once it is its turn': [{ id: 'first' }, { rollOut: ROLL_OUT }, NEWEST],
  'the newest that is rolled out where someone serves it once': [{}, { rollOut: ROLL_OUT, isServedOnce: true }, NEWEST],
  'the newest where another build was rolled out': [{}, { rollOut: { ...ROLL_OUT, build: OTHER } }, NEWEST],
  'what it is pinned to, though the newest is rolled out': [
    { pin: pin({ build: NEW }) },
    { rollOut: ROLL_OUT },
    { kind: 'build', image: IMAGE, build: NEW, why: { kind: 'pin', act: pin({ build: NEW }) } },
  ],
  'the newest once it ran what it got three times': [looped({ confirmedAtMs: 1 }), {}, NEWEST],
  'another build than that which it got three times': [looped({ build: OTHER }), {}, NEWEST],
};

describe('a board gets', () => {
  for (const [what, [like, conditions, gets]] of Object.entries(CASES)) {
    it(what, () => assert.deepEqual(assignment(board(like), IMAGE, under(conditions)), gets));
  }

  it('the newest where it says nothing of its build, whatever it got', () => {
    const { reportedBuild: _, ...silent } = board(looped());
    assert.deepEqual(assignment(silent, IMAGE, under()), NEWEST);
  });

  it('what it is pinned to, though there is nothing that it asks for', () => {
    const decided = assignment(board({ pin: pin({ image: MAIN }) }), undefined, under());
    assert.equal(decided.kind, 'image');
    assert.deepEqual(assignment(board(), undefined, under()), NEWEST);
  });
});

describe('what a board gets', () => {
  const texts: readonly (readonly [Partial<Board>, Partial<Conditions>, RegExp | undefined])[] = [
    [{}, {}, undefined],
    [{ isHeld: true }, {}, /^gets no updates until it is released$/],
    [{ isHeld: true, held: WHY }, {}, /: held by anna, since 2026-11-28 09:30 UTC \(the display\)$/],
    [{ pin: pin({ build: OLD }) }, {}, /^gets build 0000000 of box-pi: pinned by anna, since 2026-11-28 09:30 UTC$/],
    [{ pin: pin({ image: MAIN }, WHY) }, {}, /^gets box-pi-main: pinned by anna, since .* \(the display\)$/],
    [once(), {}, /^gets box-pi: served once by anna, since 2026-11-28 09:30 UTC$/],
    [{ pin: MISSING }, {}, /^gets nothing until build 9999999 of box-pi is there: pinned by anna/],
    [{ pin: pin({ image: 'box/no' }) }, {}, /^gets nothing until no is there: pinned by anna/],
    [{}, { earlier: EARLIER }, /^gets build 0000000 of box-pi: served in place of the newest by anna/],
    [{}, { rollOut: ROLL_OUT }, /^gets nothing yet: build 1{7} is rolled out \(stage 1 of 2, 1 board so far\)$/],
    [looped(), {}, /^gets nothing until there is another build than 1111111, which it got 3 times/],
  ];
  for (const [like, conditions, text] of texts) {
    it(`is told in words: ${text ?? 'nothing of the newest'}`, () => {
      const told = assignmentText(assignment(board(like), IMAGE, under(conditions)));
      if (text === undefined) assert.equal(told, undefined);
      else assert.match(told ?? '', text);
    });
  }
});
