import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildId, makeSet } from '../server/harness.ts';
import { type Bench, BUILD, historyOf, OLD, plain, startBench } from './bench.ts';

const ACT = { by: 'anna', atMs: 0 };
const TWO = buildId(2);

/** Two images of one box, and one of another, for the same kind of board. */
async function threeImages(boxes: string): Promise<void> {
  await makeSet(boxes, 'box', 'box-pi');
  await makeSet(boxes, 'box', 'box-pi-next', 1000, 2);
  await makeSet(boxes, 'other', 'other-pi', 1000, 3);
}

async function pinnedBench(to: { image: string; build?: string; box?: string }): Promise<Bench> {
  const bench = await startBench({}, threeImages);
  await bench.boot(BUILD);
  bench.registry.pin(bench.board().id, { ...ACT, ...to });
  return bench;
}

describe('a board that is pinned', () => {
  it('to another image gets that whatever it asks, at once, and others do not', async () => {
    await using bench = await pinnedBench({ image: 'box/box-pi-next' });
    await bench.boot(BUILD);
    assert.deepEqual(plain(bench.board().state), { kind: 'flashing', build: TWO });
    assert.equal(bench.board().image, 'box/box-pi-next');
    await bench.boot(TWO);
    assert.deepEqual(plain(bench.board().state), { kind: 'confirmed', build: TWO });
    await bench.boot(TWO, { query: 'name=box&board=pi&branch=no-such' });
    assert.deepEqual(plain(bench.board().state), { kind: 'up to date', build: TWO });
    await bench.boot(BUILD, { from: '127.0.0.2' });
    const other = bench.registry.boards.find(({ address }) => address === '127.0.0.2');
    assert.deepEqual(plain(other?.state ?? { kind: 'held', sinceMs: 0 }), { kind: 'up to date', build: BUILD });
  });

  it('gets what it asks for again once it is not', async () => {
    await using bench = await pinnedBench({ image: 'box/box-pi-next' });
    await bench.boot(BUILD);
    await bench.boot(TWO);
    bench.registry.pin(bench.board().id, undefined);
    await bench.boot(TWO);
    assert.deepEqual(historyOf(bench.board()), ['b1 x1', 'b2 x1+']);
  });

  it('to the image of another box is still the same board when it asks for that box', async () => {
    await using bench = await pinnedBench({ image: 'other/other-pi', box: 'other' });
    await bench.boot(BUILD);
    await bench.boot(buildId(3), { query: 'name=other&board=pi' });
    assert.deepEqual(plain(bench.board().state), { kind: 'confirmed', build: buildId(3) });
    await bench.boot(buildId(3), { query: 'name=other&board=pi' });
    assert.equal(bench.registry.boards.length, 1);
  });

  it('and is up to date leaves no answer to others who ask the same', async () => {
    await using bench = await pinnedBench({ image: 'box/box-pi-next', build: TWO });
    await bench.boot(TWO);
    await bench.boot(TWO, { from: '127.0.0.2' });
    assert.deepEqual(bench.registry.boards.map(historyOf), [[], ['b1 x1']]);
  });

  it('to a build gets no other one, also of those that are newer', { timeout: 30_000 }, async () => {
    await using bench = await pinnedBench({ image: 'box/box-pi', build: BUILD });
    await bench.boot(OLD);
    assert.deepEqual(plain(bench.board().state), { kind: 'flashing', build: BUILD });
    await makeSet(bench.server.boxes, 'box', 'box-pi', 1000, 4);
    do await bench.boot(BUILD);
    while (bench.board().state.kind !== 'withheld'); // the new build is seen within a second
    assert.deepEqual(plain(bench.board().state), { kind: 'withheld', why: 'build missing' });
    await bench.boot(OLD, { from: '127.0.0.2' });
    assert.deepEqual(bench.registry.boards.map(historyOf), [['b1 x1+'], ['b4 x1']]);
  });
});

describe('a board that is served once', () => {
  it('gets another image whatever it asks, once, and then what it asks for', async () => {
    await using bench = await startBench({}, threeImages);
    await bench.boot(BUILD);
    bench.registry.serveOnce(bench.board().id, { ...ACT, image: 'box/box-pi-next' });
    await bench.boot(BUILD, { cutAt: 10 });
    assert.equal(bench.board().once?.isDone, undefined); // it has not got it
    await bench.boot(BUILD);
    assert.deepEqual(plain(bench.board().state), { kind: 'flashing', build: TWO });
    await bench.boot(TWO);
    assert.deepEqual([bench.board().once, historyOf(bench.board())], [undefined, ['b1 x1', 'b2 x1+']]);
  });

  it('with the image of another box is still the same board when it asks for that box', async () => {
    await using bench = await startBench({}, threeImages);
    await bench.boot(BUILD);
    bench.registry.serveOnce(bench.board().id, { ...ACT, image: 'other/other-pi', box: 'other' });
    await bench.boot(BUILD);
    for (const times of [1, 2]) {
      await bench.boot(buildId(3), { query: 'name=other&board=pi' });
      assert.equal(bench.registry.boards.length, 1, `${times}`);
    }
    assert.deepEqual(plain(bench.board().state), { kind: 'up to date', build: buildId(3) });
  });

  it('with what it runs already was served', async () => {
    await using bench = await startBench();
    await bench.boot(BUILD);
    await bench.boot(BUILD); // which is remembered
    bench.registry.serveOnce(bench.board().id, ACT);
    await bench.boot(BUILD);
    assert.equal(bench.board().once?.isDone, true);
    await bench.boot(OLD);
    assert.equal(bench.board().once, undefined);
  });
});

describe('a board that flashes itself again and again', () => {
  /** Boots with time to flash in between. */
  async function loop(bench: Bench, times: number, as = '198.51.100.7'): Promise<void> {
    for (let time = 0; time < times; time++) {
      await bench.boot(OLD, { as });
      bench.pass(60_000);
    }
  }

  it('is stopped when it got a build three times, until there is another one', async () => {
    await using bench = await startBench();
    await loop(bench, 5);
    assert.deepEqual(historyOf(bench.board()), ['b1 x3']);
    const state = plain(bench.board().state);
    assert.deepEqual(state, { kind: 'reflashing', build: BUILD, times: 3, reported: OLD });
    await makeSet(bench.server.boxes, 'box', 'box-pi', 1000, 2);
    while (bench.board().history.length === 1) await loop(bench, 1); // the new build may be seen a moment later
    assert.deepEqual(historyOf(bench.board()), ['b2 x1', 'b1 x3']);
  });

  it('gets it three times more when someone releases it', async () => {
    await using bench = await startBench();
    await loop(bench, 5);
    bench.registry.release(bench.board().id);
    await loop(bench, 5);
    assert.deepEqual(historyOf(bench.board()), ['b1 x6']);
  });

  it('gets it once more when someone serves it once', async () => {
    await using bench = await startBench();
    await loop(bench, 5);
    bench.registry.serveOnce(bench.board().id, ACT);
    await loop(bench, 5);
    assert.deepEqual(historyOf(bench.board()), ['b1 x4']);
  });

  it('is not stopped where that is not wanted', async () => {
    await using bench = await startBench({ stopsLoops: () => false });
    await loop(bench, 5);
    assert.deepEqual(historyOf(bench.board()), ['b1 x5']);
  });

  it('is not stopped where it may be several boards behind one address', async () => {
    await using sooner = await startBench();
    for (let time = 0; time < 5; time++) await sooner.boot(OLD, { as: '198.51.100.7' }); // none has had time to flash
    assert.deepEqual(historyOf(sooner.board()), ['b1 x5']);
    await using differ = await startBench();
    for (const build of [OLD, buildId(8), OLD, buildId(8), OLD]) {
      await differ.boot(build, { as: '198.51.100.7' });
      differ.pass(60_000);
    }
    assert.deepEqual(historyOf(differ.board()), ['b1 x5']);
    await using two = await startBench();
    await makeSet(two.server.boxes, 'box', 'box-c4', 1000, 3);
    await two.boot(OLD, { as: '198.51.100.7', query: 'name=box&board=c4' });
    await loop(two, 5);
    assert.deepEqual(two.registry.boards.map(historyOf).toSorted(), [['b1 x5'], ['b3 x1']]);
  });

  it('is stopped where another one is behind its address, if its MAC is known', async () => {
    const neighbours = { macOf: () => 'dc:a6:32:00:00:01', refresh: async () => {} };
    await using bench = await startBench({ neighbours });
    await makeSet(bench.server.boxes, 'box', 'box-c4', 1000, 3);
    await bench.boot(OLD, { as: '198.51.100.7', query: 'name=box&board=c4' });
    await loop(bench, 5);
    assert.deepEqual(bench.registry.boards.map(historyOf).toSorted(), [['b1 x3'], ['b3 x1']]);
  });
});
