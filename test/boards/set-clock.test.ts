import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Board } from '../../src/boards/board.ts';
import type { BoardRegistryOptions } from '../../src/boards/board-registry.ts';
import { advance, beginUpdate, restarted } from '../../src/boards/board-update.ts';
import { SILENT_AFTER_MS, UNKNOWN_FLASH_MS } from '../../src/boards/limits.ts';
import { moved } from '../../src/boards/moments.ts';
import type { RollOut, RollOutPlan } from '../../src/boards/roll-out.ts';
import { type Bench, BUILD, OLD, startBench } from './bench.ts';

const IMAGE = 'box/box-pi';
const WAIT_MS = 60 * 60_000;
const PLAN: RollOutPlan = { stages: [{ kind: 'boards', count: 2 }, { kind: 'all' }], waitMs: WAIT_MS };
const [A, B, C] = ['127.0.0.2', '127.0.0.3', '127.0.0.4'] as const;
const DAY = 24 * 60 * 60_000;
const YEAR = 365 * DAY;

/** A machine with a clock that can be set. */
function machine(nowMs = Date.UTC(2027, 0, 1)) {
  const clock = { nowMs, elapsedMs: 0 };
  const options: BoardRegistryOptions = { now: () => clock.nowMs, elapsed: () => clock.elapsedMs };
  return {
    options,
    clock,
    pass(ms: number) {
      clock.nowMs += ms;
      clock.elapsedMs += ms;
    },
    set(nowMs: number) {
      clock.nowMs = nowMs;
    },
  };
}

type Machine = ReturnType<typeof machine>;

async function withFolder<T>(use: (statePath: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-clock-'));
  try {
    return await use(path.join(folder, 'boards.json'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function boardAt({ registry }: Bench, address: string): Board {
  const found = registry.boards.find((board) => board.address === address);
  assert.ok(found, address);
  return found;
}

function rollOutOf({ registry }: Bench): RollOut {
  registry.rollOuts.observe();
  const found = registry.rollOuts.get(IMAGE, BUILD);
  assert.ok(found);
  return found;
}

/** Two boards that took the build, of which one runs it, and one that waits; `ofB`: headers of the other one's request. */
async function midway(
  { options, pass }: Machine,
  more: BoardRegistryOptions = {},
  ofB: Record<string, string> = {},
): Promise<Bench> {
  const bench = await startBench({ ...options, ...more });
  bench.registry.rollOuts.start(IMAGE, BUILD, OLD, { ...PLAN, isByHand: true });
  for (const from of [A, B, C]) {
    await bench.boot(OLD, { from, headers: from === B ? ofB : {} });
    pass(1_000);
  }
  pass(60_000);
  await bench.boot(BUILD, { from: A });
  pass(1_000);
  return bench;
}

describe('the clock of a machine', () => {
  for (const [how, byMs] of Object.entries({
    'forward by years': 56 * YEAR,
    'forward by hours': 3 * 3_600_000,
    back: -2 * YEAR,
  })) {
    it(`that is set ${how} makes no board overdue or silent, opens no stage and halts nothing`, async () => {
      const lab = machine();
      await using bench = await midway(lab);
      const kinds = () => [A, B, C].map((address) => boardAt(bench, address).state.kind);
      const seen = boardAt(bench, B);
      assert.deepEqual(kinds(), ['confirmed', 'flashing', 'withheld']);
      lab.set(lab.clock.nowMs + byMs);
      assert.deepEqual(
        [...kinds(), rollOutOf(bench).stage, rollOutOf(bench).state.kind],
        ['confirmed', 'flashing', 'withheld', 0, 'running'],
      );
      assert.equal(boardAt(bench, B).lastSeenMs, seen.lastSeenMs + byMs, 'it was seen a minute ago');
      assert.equal(boardAt(bench, B).history[0]?.givenAtMs, (seen.history[0]?.givenAtMs ?? 0) + byMs);

      lab.pass(UNKNOWN_FLASH_MS);
      assert.deepEqual([kinds()[1], rollOutOf(bench).state.kind], ['overdue', 'halted'], 'a quarter of an hour later');
      lab.pass(SILENT_AFTER_MS);
      assert.deepEqual(kinds(), ['silent', 'silent', 'silent'], 'a day later');
    });

    it(`that is set ${how} has a stage open by its time when that is over`, async () => {
      const lab = machine();
      await using bench = await midway(lab, {}, { range: 'bytes=999999999-' });
      lab.set(lab.clock.nowMs + byMs);
      assert.equal(rollOutOf(bench).stage, 0);
      lab.pass(WAIT_MS / 2);
      lab.set(lab.clock.nowMs - byMs);
      assert.equal(rollOutOf(bench).stage, 0);
      lab.pass(WAIT_MS / 2);
      assert.equal(rollOutOf(bench).stage, 1);
    });

    it(`that is set ${how} while a board downloads again has that count as the next download of one board`, async () => {
      const lab = machine();
      await using bench = await startBench(lab.options);
      await bench.boot(OLD, { from: A });
      lab.pass(60_000);
      bench.server.server.events.once('answering', () => lab.set(lab.clock.nowMs + byMs));
      await bench.boot(OLD, { from: A });
      const { history, isShared } = boardAt(bench, A);
      assert.deepEqual(
        [history.map(({ build, times, loops }) => [build, times, loops]), isShared],
        [[[BUILD, 2, 2]], undefined],
      );
    });
  }

  it('that starts in 1970 and is set later leaves as it was what was kept before, and counts from there', () =>
    withFolder(async (statePath) => {
      const before = machine();
      const first = await midway(before, { statePath });
      const kept = first.registry.boards;
      await first[Symbol.asyncDispose]();

      const lab = machine(20_000);
      await using bench = await startBench({ ...lab.options, statePath });
      assert.deepEqual(bench.registry.boards, kept, 'no time went by');
      lab.pass(60_000);
      await bench.boot(OLD, { from: C });
      await bench.boot(BUILD, { from: B });
      assert.deepEqual(
        [boardAt(bench, B).history[0]?.confirmedAtMs !== undefined, rollOutOf(bench).state.kind],
        [true, 'running'],
      );
      const setMs = before.clock.nowMs + 2 * 3_600_000;
      lab.set(setMs);
      assert.deepEqual(
        [boardAt(bench, B).lastSeenMs, boardAt(bench, B).firstSeenMs],
        [setMs, kept.find(({ address }) => address === B)?.firstSeenMs],
      );
      assert.equal(boardAt(bench, A).lastSeenMs, kept.find(({ address }) => address === A)?.lastSeenMs);
    }));

  it('that was ahead when something was kept has that count as now', () =>
    withFolder(async (statePath) => {
      const before = machine(Date.UTC(2031, 0, 1));
      const first = await midway(before, { statePath });
      await first[Symbol.asyncDispose]();
      const lab = machine();
      await using bench = await startBench({ ...lab.options, statePath });
      assert.equal(boardAt(bench, A).lastSeenMs, lab.clock.nowMs);
      lab.pass(UNKNOWN_FLASH_MS + 1);
      assert.deepEqual([boardAt(bench, B).state.kind, rollOutOf(bench).state.kind], ['overdue', 'halted']);
    }));

  it('that is set back has a board be served once, and not ever after', async () => {
    const lab = machine();
    await using bench = await startBench(lab.options);
    await bench.boot(BUILD, { from: A });
    const { id } = boardAt(bench, A);
    bench.registry.serveOnce(id, { by: 'anna', atMs: bench.registry.now() });
    lab.set(lab.clock.nowMs - YEAR);
    await bench.boot(OLD, { from: A });
    assert.equal(boardAt(bench, A).once?.isDone, true);
  });

  it('that is set forward makes nothing that a board did before an update part of that', async () => {
    const lab = machine();
    await using bench = await startBench(lab.options);
    const { registry } = bench;
    await bench.boot(OLD, { from: A });
    lab.pass(60_000);
    await bench.boot(BUILD, { from: A });
    lab.pass(60_000);
    let update = beginUpdate(boardAt(bench, A), BUILD, registry.now());
    registry.events.on('clockSet', (move) => {
      update = moved(update, move);
    });
    lab.set(lab.clock.nowMs + YEAR);
    const nowMs = registry.now();
    update = advance(restarted(update, nowMs, 60_000), { kind: 'board', board: boardAt(bench, A) });
    assert.equal(update.end, undefined);
    lab.pass(60_000);
    assert.equal(advance(update, { kind: 'time', nowMs: registry.now() }).end?.kind, 'stopped');
  });
});
