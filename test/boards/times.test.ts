import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChangeClock } from '../../src/boards/change-clock.ts';
import { FlashTimes } from '../../src/boards/flash-times.ts';
import { keptFlashTimes } from '../../src/boards/kept-board.ts';
import { FRAME_MS } from '../../src/boards/limits.ts';
import { makeSet } from '../server/harness.ts';
import { BUILD, OLD, plain, startBench } from './bench.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('a board that flashes', () => {
  it('is overdue after a quarter of an hour, where nothing was learned', async () => {
    await using bench = await startBench();
    await bench.boot(OLD);
    const { state: flashing } = bench.board();
    assert.deepEqual(plain(flashing), { kind: 'flashing', build: BUILD });
    bench.pass(14 * MINUTE);
    assert.deepEqual(bench.board().state, flashing);
    bench.pass(2 * MINUTE);
    const { state } = bench.board();
    assert.deepEqual(plain(state), { kind: 'overdue', build: BUILD, expectedMs: 15 * MINUTE });
    assert.equal(state.sinceMs, flashing.sinceMs + 15 * MINUTE);
    await bench.boot(BUILD);
    assert.equal(bench.board().state.kind, 'confirmed');
  });

  /** What is expected of a board after others took so many minutes. */
  async function expectedAfter(...minutes: number[]): Promise<{ expected: number; overdue: number }> {
    await using bench = await startBench();
    for (const [index, took] of minutes.entries()) {
      const from = `127.0.1.${index + 1}`;
      await bench.boot(OLD, { from });
      bench.pass(took * MINUTE);
      await bench.boot(BUILD, { from });
    }
    await bench.boot(OLD);
    const learner = () => bench.registry.boards.find(({ address }) => address === '127.0.0.1')?.state;
    const state = learner();
    bench.pass(MINUTE / 2); // away from the very moment
    let overdue = 0;
    for (; learner()?.kind === 'flashing'; overdue++) bench.pass(MINUTE);
    return { expected: state?.kind === 'flashing' ? Math.round((state.expectedMs ?? 0) / MINUTE) : -1, overdue };
  }

  it('is expected when others such as it were done, in the median', async () => {
    assert.deepEqual(await expectedAfter(4, 90, 5), { expected: 5, overdue: 10 });
  });

  it('has a minute more where that is longer', async () => {
    assert.deepEqual(await expectedAfter(0), { expected: 0, overdue: 1 });
  });

  it('is not expected by those that took a day, nor by what was long ago', async () => {
    assert.deepEqual(await expectedAfter(2 * 24 * 60), { expected: 0, overdue: 15 });
    assert.equal((await expectedAfter(9, 9, 9, 9, 9, 2, 2, 2, 2)).expected, 9);
    assert.equal((await expectedAfter(9, 9, 9, 9, 9, 2, 2, 2, 2, 2)).expected, 2);
  });

  it('is expected by others at the next start, too, whatever its kind is called', async () => {
    await using bench = await startBench();
    await bench.boot(OLD);
    const odd = { ...bench.board(), wish: { box: '\0'.repeat(200), board: '"'.repeat(200) } };
    const times = new FlashTimes();
    times.learn(odd, MINUTE);
    const kept = times.kept.map(keptFlashTimes).filter((times) => times !== undefined);
    assert.equal(new FlashTimes(kept).expected(odd), MINUTE);
  });

  it('is not expected by boards of another kind', async () => {
    await using bench = await startBench({}, async (boxes) => {
      await makeSet(boxes, 'box', 'box-pi');
      await makeSet(boxes, 'box', 'box-c4');
    });
    const c4 = { query: 'name=box&board=c4' };
    await bench.boot(OLD, c4);
    bench.pass(MINUTE);
    await bench.boot(BUILD, c4);
    await bench.boot(OLD);
    assert.deepEqual(
      bench.registry.boards.flatMap(({ state }) => (state.kind === 'flashing' ? [plain(state)] : [])),
      [{ kind: 'flashing', build: BUILD }],
    );
  });
});

describe('a board that is not heard of', () => {
  it('is silent after a day, since it was heard of last, whatever it was', async () => {
    await using bench = await startBench();
    await bench.boot(BUILD, { from: '127.0.0.2' });
    await bench.boot(OLD, { from: '127.0.0.3' });
    await bench.boot(OLD, { from: '127.0.0.4', query: 'name=box&board=pi&version=9' });
    bench.pass(DAY - MINUTE);
    const kinds = () => bench.registry.boards.map(({ state }) => state.kind);
    assert.deepEqual(kinds(), ['up to date', 'overdue', 'refused']);
    bench.pass(MINUTE);
    assert.deepEqual(kinds(), ['silent', 'silent', 'silent']);
    for (const { state, lastSeenMs } of bench.registry.boards) assert.equal(state.sinceMs, lastSeenMs);
    await bench.boot(BUILD, { from: '127.0.0.3' });
    assert.deepEqual(kinds(), ['silent', 'confirmed', 'silent']);
  });
});

describe('changes', () => {
  it('are told at most four times a second, and as often while a board downloads', async () => {
    await using bench = await startBench({}, (boxes) => makeSet(boxes, 'box', 'box-pi', 20_000_000));
    let told = 0;
    bench.registry.events.on('changed', () => told++);
    for (let time = 0; time < 20; time++) await bench.boot(BUILD, { from: `127.0.0.${time + 1}` });
    const hung = Promise.withResolvers<void>();
    const answering = once(bench.server.server.events, 'answering');
    const old = bench.boot(OLD, { hangs: hung.promise });
    await answering;
    const begunMs = performance.now();
    told = 0;
    while (told < 4) await once(bench.registry.events, 'changed');
    assert.ok(performance.now() - begunMs > 2.9 * FRAME_MS, 'not too often');
    hung.resolve();
    await old;
    await bench.server.idle();
    await sleep(2 * FRAME_MS); // what that changed is told
    told = 0;
    await sleep(2 * FRAME_MS);
    assert.equal(told, 0);
  });

  it('that time alone makes are told when they are made', ({ mock }) => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    mock.method(performance, 'now', Date.now);
    const told: number[] = [];
    const clock = new ChangeClock({
      tell: () => told.push(Date.now()),
      isMoving: () => false,
      nextMs: () => (Date.now() < 500 ? 500 : undefined),
    });
    clock.changed();
    for (let ms = 0; ms < 900; ms++) mock.timers.tick(1);
    clock.close();
    clock.changed();
    mock.timers.tick(1_000);
    assert.deepEqual(told, [1, 500]); // no timer fires sooner than after a millisecond
  });
});
