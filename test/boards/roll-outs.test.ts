import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Board } from '../../src/boards/board.ts';
import { isLetIn } from '../../src/boards/roll-out.ts';
import { RollOuts } from '../../src/boards/roll-outs.ts';
import { buildId } from '../server/harness.ts';

const IMAGE = 'box/box-pi';
const [A, B, C, D] = [buildId(1), buildId(2), buildId(3), buildId(4)];

/** Roll-outs of an image whose boards all run A, and a clock. */
function site() {
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
    plan: () => ({ stages: [{ kind: 'boards', count: 1 }, { kind: 'all' }] }),
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
  ask(A);
  return { rollOuts, ask, clock };
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
    rollOuts.finish(IMAGE);
    rollOuts.servesInstead(IMAGE, A);
    assert.deepEqual(ask(B, C), ['a']);
    assert.equal(rollOuts.get(IMAGE, C)?.former, A);
  });

  it('let nobody else in where a build that was halted is there again at once', () => {
    const { rollOuts, ask, clock } = site();
    assert.deepEqual(ask(B), ['a']);
    rollOuts.halt(IMAGE, { by: 'me', atMs: clock.nowMs });
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

  it('lead nowhere where the build that is new is the one that boards got in place of another', () => {
    const { rollOuts, ask } = site();
    ask(B);
    rollOuts.finish(IMAGE);
    rollOuts.servesInstead(IMAGE, C);
    ask(C);
    assert.equal(rollOuts.get(IMAGE, C)?.former, A, 'as B did');
    rollOuts.finish(IMAGE);
    rollOuts.servesInstead(IMAGE, A);
    ask(A);
    assert.equal(rollOuts.get(IMAGE, A)?.former, undefined);
  });
});
