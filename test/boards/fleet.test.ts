import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RollOutPlan } from '../../src/boards/roll-out.ts';
import { rollOutLine } from '../../src/boards/roll-out-text.ts';
import { UP_TO_DATE_AGE_MS } from '../../src/server/limits.ts';
import { buildId, makeSet } from '../server/harness.ts';
import { type Bench, BUILD, startBench } from './bench.ts';

const NEW = buildId(2);
const PLAN: RollOutPlan = {
  stages: [{ kind: 'boards', count: 1 }, { kind: 'percent', percent: 10 }, { kind: 'all' }],
};

/** Boards with addresses of their own, which all run the first build when they are first seen. */
class Fleet {
  readonly running = new Map<string, string>();
  readonly isBad: boolean;
  nowMs = Date.UTC(2026, 0, 1);
  steps: string[] = [];

  constructor(size: number, isBad = false) {
    for (let at = 0; at < size; at++) this.running.set(`127.0.1.${at + 2}`, BUILD);
    this.isBad = isBad;
  }

  /** A server with `build`, for the same boards. */
  async serve(build: number, statePath?: string): Promise<Bench> {
    const options = {
      rollOutPlan: () => PLAN,
      now: () => this.nowMs,
      ...(statePath === undefined ? {} : { statePath }),
    };
    const bench = await startBench(options, (boxes) => makeSet(boxes, 'box', 'box-pi', 1000, build));
    bench.registry.events.on('rollOut', (rollOut) => this.steps.push(rollOutLine(rollOut)));
    return bench;
  }

  /** Every board that can boot boots once, one after another. */
  async round(bench: Bench): Promise<void> {
    for (const [address, build] of this.running) {
      if (build === 'dead') continue;
      await bench.boot(build, { from: address });
      const board = bench.registry.boards.find((known) => known.address === address);
      if (board?.state.kind === 'flashing') this.running.set(address, this.isBad ? 'dead' : board.state.build);
      this.nowMs += 1_000;
    }
    this.nowMs += 60_000;
  }

  count(build: string): number {
    return [...this.running.values()].filter((one) => one === build).length;
  }
}

/** A new build, when no answer about the former one is remembered any more. */
async function rebuild({ server }: Bench): Promise<void> {
  await makeSet(server.boxes, 'box', 'box-pi', 1000, 2);
  await sleep(UP_TO_DATE_AGE_MS);
}

describe('a roll-out in stages', () => {
  it('of a build that does not boot reaches one board of a hundred, and halts', async () => {
    const fleet = new Fleet(100, true);
    await using bench = await fleet.serve(1);
    await fleet.round(bench);
    await rebuild(bench);
    for (let round = 0; round < 3; round++) {
      await fleet.round(bench);
      fleet.nowMs += 10 * 60_000;
    }
    assert.equal(fleet.count('dead'), 1);
    assert.match(fleet.steps.at(-1) ?? '', /: halted: a board that got it is overdue$/);
    const [, waiting] = bench.registry.boards;
    assert.deepEqual(waiting?.state.kind === 'withheld' && waiting.state.why, 'not its turn');
  });

  it('halts at once when a board comes back with another build, however fast it downloads again', async () => {
    const fleet = new Fleet(3);
    await using bench = await fleet.serve(1);
    await fleet.round(bench);
    await rebuild(bench);
    await fleet.round(bench);
    await bench.boot(BUILD, { from: '127.0.1.2' });
    assert.match(fleet.steps.at(-1) ?? '', /: halted: a board that got it reports another build$/);
    assert.equal(fleet.steps.length, 3);
  });

  it('of a good build reaches all in as many boots as there are stages, and one to tell', async () => {
    const fleet = new Fleet(30);
    await using bench = await fleet.serve(1);
    await fleet.round(bench);
    await rebuild(bench);
    const reached: number[] = [];
    for (let round = 0; round < 4; round++) {
      await fleet.round(bench);
      reached.push(fleet.count(NEW));
    }
    assert.deepEqual(reached, [1, 3, 30, 30]);
    bench.registry.rollOuts.observe();
    assert.match(fleet.steps.at(-1) ?? '', /: finished$/);
  });

  it('goes on as if nothing had been where the server restarts in between', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-fleet-'));
    const fleet = new Fleet(30);
    const reached: number[] = [];
    try {
      for (let round = 0; round < 5; round++) {
        await using bench = await fleet.serve(round === 0 ? 1 : 2, path.join(folder, 'boards.json'));
        await fleet.round(bench);
        reached.push(fleet.count(NEW));
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    assert.deepEqual(reached, [0, 1, 3, 30, 30]);
  });
});
