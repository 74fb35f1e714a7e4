import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Board } from '../../src/boards/board.ts';
import { isLetIn, type RollOutPlan } from '../../src/boards/roll-out.ts';
import { RollOuts } from '../../src/boards/roll-outs.ts';
import { buildId } from '../server/harness.ts';

const IMAGE = 'box/box-pi';
const [A, B, C, D] = [buildId(1), buildId(2), buildId(3), buildId(4)];

const STAGES: RollOutPlan = { stages: [{ kind: 'boards', count: 1 }, { kind: 'all' }] };

/** Roll-outs of an image whose boards all run A, and a clock; nobody asked yet if it `isFresh`. */
function site(isFresh = false) {
  const plan: { now: RollOutPlan | undefined } = { now: STAGES };
  const clock = { nowMs: 1_000 };
  const boards = ['a', 'b', 'c', 'd'].map(
    (id): Board => ({
      id,
      address: id,
      wish: { box: 'box', board: 'pi' },
      reportedBuild: A,
      image: IMAGE,
      state: { kind: 'up to date', sinceMs: 0, build: A },
      firstSeenMs: 0,
      lastSeenMs: 0,
      isHeld: false,
      history: [],
    }),
  );
  const rollOuts = new RollOuts({
    plan: () => plan.now,
    boards: () => boards,
    now: () => clock.nowMs,
    onChange: () => {},
    onStep: () => {},
  });
  /** Each board asks, and is taken to ask for these builds one after the other, as they are seen; answers who gets the last. */
  const ask = (...builds: readonly string[]) =>
    boards.flatMap((board) => {
      for (const build of builds) rollOuts.asked(board, IMAGE, build);
      const rollOut = rollOuts.deciding(IMAGE, builds.at(-1) ?? '');
      return rollOut === undefined || isLetIn(rollOut, board) ? board.id : [];
    });
  if (!isFresh) ask(A);
  return { rollOuts, ask, clock, boards, plan };
}

describe('the roll-outs of an image', () => {
  it('go on where the catalog still has a build that was replaced, and each request finds that out', () => {
    const { rollOuts, ask } = site();
    assert.deepEqual(ask(B), ['a']);
    assert.deepEqual(ask(B, C), ['a']);
    assert.deepEqual(ask(B, D), ['a']);
    assert.equal(rollOuts.get(IMAGE, D)?.former, A);
  });

  it('go on also where an earlier build was served in place of the one that was replaced', () => {
    const { rollOuts, ask } = site();
    ask(B);
    rollOuts.finish(IMAGE, B);
    rollOuts.servesInstead(IMAGE, A);
    assert.deepEqual(ask(B, C), ['a']);
    assert.equal(rollOuts.get(IMAGE, C)?.former, A);
  });

  it('let nobody else in where a build that was halted is there again at once', () => {
    const { rollOuts, ask, clock } = site();
    assert.deepEqual(ask(B), ['a']);
    rollOuts.halt(IMAGE, B, { by: 'me', atMs: clock.nowMs });
    assert.deepEqual(ask(C), ['a']);
    clock.nowMs += 20_000;
    assert.deepEqual(ask(B), ['a']);
  });

  it('begin anew with a build that was replaced, and is there again a minute later', () => {
    const { rollOuts, ask, clock } = site();
    ask(B);
    ask(C);
    clock.nowMs += 60_000;
    assert.deepEqual(ask(B), ['a']);
    assert.equal(rollOuts.get(IMAGE, B)?.former, A);
  });

  it('lead back to the build before as long as they are under way', () => {
    const { rollOuts, ask, clock } = site();
    ask(B);
    assert.deepEqual([rollOuts.leadTo(IMAGE, A), rollOuts.leadTo(IMAGE, B)], [true, false]);
    assert.equal(rollOuts.leadTo('box/box-other', A), false);
    rollOuts.halt(IMAGE, B, { by: 'me', atMs: clock.nowMs });
    assert.equal(rollOuts.leadTo(IMAGE, A), true);
    rollOuts.finish(IMAGE, B);
    assert.equal(rollOuts.leadTo(IMAGE, A), false);
  });

  it('lead back to the build before also while boards get another one in place of the new one, which may be taken back', () => {
    const { rollOuts, ask } = site();
    ask(B);
    rollOuts.servesInstead(IMAGE, C);
    assert.deepEqual([rollOuts.leadTo(IMAGE, A), rollOuts.leadTo(IMAGE, C)], [true, true]);
    rollOuts.servesNewest(IMAGE);
    assert.equal(rollOuts.leadTo(IMAGE, A), true);
    ask(B);
    assert.deepEqual([rollOuts.get(IMAGE, B)?.former, rollOuts.leadTo(IMAGE, C)], [A, false]);
    rollOuts.servesInstead(IMAGE, C);
    rollOuts.servesInstead(IMAGE, C, true);
    assert.equal(rollOuts.leadTo(IMAGE, A), false, 'that board runs C now, and all go back to it');
  });

  it('lead nowhere where the build that is new is the one that boards got in place of another', () => {
    const { rollOuts, ask } = site();
    ask(B);
    rollOuts.finish(IMAGE, B);
    rollOuts.servesInstead(IMAGE, C);
    ask(C);
    assert.equal(rollOuts.get(IMAGE, C)?.former, A, 'as B did');
    rollOuts.finish(IMAGE, C);
    rollOuts.servesInstead(IMAGE, A);
    ask(A);
    assert.equal(rollOuts.get(IMAGE, A)?.former, undefined);
  });

  it('lead nowhere where the build before is there again', () => {
    const { rollOuts, ask, clock } = site();
    ask(B);
    clock.nowMs += 60_000;
    ask(A);
    assert.deepEqual([rollOuts.get(IMAGE, A)?.state.kind, rollOuts.get(IMAGE, A)?.former], ['running', undefined]);
  });

  it('lead nowhere where someone sends the build before out again', () => {
    const { rollOuts, ask } = site();
    ask(B);
    rollOuts.start(IMAGE, A, B, STAGES);
    assert.equal(rollOuts.get(IMAGE, A)?.former, undefined);
  });

  it('lead nowhere where someone sends the build before out again, with another served in its place by mistake', () => {
    const { rollOuts, ask } = site();
    ask(B);
    rollOuts.servesInstead(IMAGE, C);
    rollOuts.servesNewest(IMAGE);
    rollOuts.start(IMAGE, A, B, STAGES);
    ask(A);
    assert.deepEqual([rollOuts.get(IMAGE, A)?.state.kind, rollOuts.get(IMAGE, A)?.former], ['running', undefined]);
  });

  it('are not over where the last board reports another build than a moment ago', () => {
    const { rollOuts, boards, clock } = site();
    const [a, b] = boards;
    assert.ok(a && b);
    boards.splice(0, boards.length, a, { ...b, reportedBuild: B });
    assert.equal(rollOuts.asked(a, IMAGE, B), true);
    boards[0] = { ...a, reportedBuild: B, state: { kind: 'confirmed', sinceMs: clock.nowMs, build: B } };
    clock.nowMs += 1_000;
    rollOuts.observe();
    assert.equal(rollOuts.get(IMAGE, B)?.stage, 1);
    rollOuts.asked({ ...b, lastSeenMs: clock.nowMs }, IMAGE, B);
    const { state, members } = rollOuts.get(IMAGE, B) ?? {};
    assert.deepEqual([state?.kind, members?.length], ['running', 2]);
  });

  it('stay as they are where what is wanted is about a build that was replaced, or is everywhere', () => {
    const { rollOuts, ask, clock } = site();
    ask(B);
    ask(C);
    const before = rollOuts.list;
    const act = { by: 'me', atMs: clock.nowMs };
    const all = [
      (build: string) => rollOuts.finish(IMAGE, build),
      (build: string) => rollOuts.continue(IMAGE, build),
      (build: string) => rollOuts.halt(IMAGE, build, act),
    ];
    for (const change of all) assert.equal(change(B), false);
    assert.deepEqual(rollOuts.list, before);
    assert.deepEqual(ask(C), ['a']);
    assert.equal(rollOuts.finish(IMAGE, C), true);
    for (const change of all) assert.equal(change(C), false);
    assert.equal(rollOuts.get(IMAGE, C)?.state.kind, 'finished');
  });
});

describe('the first build after roll-outs were wanted', () => {
  it('goes out in stages though nobody asked in between', () => {
    const { rollOuts, ask } = site(true);
    rollOuts.takeAsFirst([ready(A)]);
    assert.equal(rollOuts.get(IMAGE, A)?.state.kind, 'finished');
    assert.deepEqual(ask(B), ['a']);
    assert.equal(rollOuts.get(IMAGE, B)?.former, A);
  });

  it('goes out in stages where it was there before the server was, but boards run another', () => {
    const { rollOuts, ask } = site(true);
    rollOuts.takeAsFirst([ready(B)]);
    assert.deepEqual(rollOuts.list, []);
    assert.deepEqual(ask(B), ['a']);
    assert.equal(rollOuts.get(IMAGE, B)?.former, A);
  });

  it('leads back to what most boards run, those on hold or pinned left out', () => {
    const { rollOuts, ask, boards } = site(true);
    for (const [at, build] of [C, C, A, B].entries()) change(boards, at, { reportedBuild: build });
    change(boards, 0, { isHeld: true });
    change(boards, 1, { pin: { image: IMAGE, build: C, by: 'me', atMs: 0 } });
    ask(B);
    assert.equal(rollOuts.get(IMAGE, B)?.former, A, 'where as many run the new one, too');
  });

  it('goes to all at once where most boards run it already', () => {
    const { rollOuts, ask, boards } = site(true);
    for (const at of [0, 1, 2]) change(boards, at, { reportedBuild: B });
    rollOuts.takeAsFirst([ready(B)]);
    assert.deepEqual(ask(B), ['a', 'b', 'c', 'd']);
  });

  it('goes to all at once where no board reports anything, or asked for that image', () => {
    for (const what of [{ reportedBuild: undefined }, { image: 'box/other-pi' }]) {
      const { ask, boards } = site(true);
      for (const at of boards.keys()) change(boards, at, what);
      assert.deepEqual(ask(B), ['a', 'b', 'c', 'd']);
    }
  });

  it('leads back to what boards got while no roll-outs were wanted for some time', () => {
    const { rollOuts, ask, boards, plan } = site();
    plan.now = undefined;
    ask(B);
    for (const at of boards.keys()) change(boards, at, { reportedBuild: B });
    plan.now = STAGES;
    rollOuts.takeAsFirst([ready(B)]);
    assert.deepEqual(ask(C), ['a']);
    assert.equal(rollOuts.get(IMAGE, C)?.former, B);
  });

  it('leads back to what boards run though something else went out in stages before', () => {
    const { rollOuts, ask, boards, plan } = site();
    plan.now = undefined;
    for (const build of [B, C]) ask(build);
    for (const at of boards.keys()) change(boards, at, { reportedBuild: C });
    plan.now = STAGES;
    rollOuts.takeAsFirst([ready(D)]);
    assert.deepEqual(ask(D), ['a']);
    assert.deepEqual([rollOuts.get(IMAGE, D)?.former, rollOuts.leadTo(IMAGE, C)], [C, true]);
  });

  it('is not what all boards got while no roll-outs were wanted, in the middle of one', () => {
    const { rollOuts, ask, boards, plan } = site();
    assert.deepEqual(ask(B), ['a']);
    plan.now = undefined;
    assert.deepEqual(ask(C), ['a', 'b', 'c', 'd']);
    for (const at of boards.keys()) change(boards, at, { reportedBuild: C });
    plan.now = STAGES;
    rollOuts.takeAsFirst([ready(C)]);
    assert.deepEqual(ask(C), ['a', 'b', 'c', 'd']);
    assert.equal(rollOuts.get(IMAGE, C)?.state.kind, 'finished');
    assert.deepEqual(ask(D), ['a']);
    assert.equal(rollOuts.get(IMAGE, D)?.former, C);
  });

  it('makes no halted roll-out be forgotten, of however many images it is noted', () => {
    const { rollOuts, ask, clock } = site();
    ask(B);
    rollOuts.halt(IMAGE, B, { by: 'me', atMs: clock.nowMs });
    rollOuts.takeAsFirst(Array.from({ length: 2_000 }, (_, at) => ({ ...ready(A), id: `box/other-${at}` })));
    const [board = assert.fail()] = site().boards;
    for (const image of ['box/one-more', 'box/another']) rollOuts.asked({ ...board, image }, image, A);
    assert.equal(rollOuts.get(IMAGE, B)?.state.kind, 'halted');
    assert.equal(rollOuts.list.length, 1_000);
  });

  it('is not what was there already, whatever became of that', () => {
    const { rollOuts, ask } = site();
    ask(B);
    const [underWay] = rollOuts.list;
    rollOuts.takeAsFirst([ready(B)]);
    rollOuts.takeAsFirst([ready(C)]);
    assert.deepEqual(rollOuts.list, [underWay]);
    rollOuts.servesInstead(IMAGE, A);
    rollOuts.takeAsFirst([ready(A)]);
    assert.deepEqual(rollOuts.list.length, 1);
  });

  it('is told of nowhere without a plan, where it is not complete, or where an earlier one is served', () => {
    const { rollOuts, plan } = site(true);
    rollOuts.takeAsFirst([{ id: IMAGE, state: { kind: 'incomplete' } }]);
    rollOuts.takeAsFirst([{ ...ready(A), inPlaceOf: {} }]);
    rollOuts.servesInstead(IMAGE, B);
    rollOuts.takeAsFirst([ready(A)]);
    plan.now = undefined;
    rollOuts.takeAsFirst([ready(A)]);
    assert.deepEqual(rollOuts.list, []);
  });
});

function ready(buildId: string) {
  return { id: IMAGE, state: { kind: 'ready', buildId } } as const;
}

function change(
  boards: Board[],
  at: number,
  { reportedBuild, ...more }: { [K in keyof Board]?: Board[K] | undefined },
) {
  const [board] = boards.splice(at, 1);
  assert.ok(board);
  const { reportedBuild: former, ...rest } = board;
  boards.splice(at, 0, { ...rest, ...(reportedBuild && { reportedBuild }), ...more } as Board);
}
