import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Board } from '../../src/boards/board.ts';
import { SILENT_AFTER_MS, UNKNOWN_FLASH_MS } from '../../src/boards/limits.ts';
import { CANARY, type RollOutPlan } from '../../src/boards/roll-out.ts';
import { makeSet } from '../server/harness.ts';
import { BUILD, OLD, startBench } from './bench.ts';

const IMAGE = 'box/box-pi';
const ACT = { by: 'anna', atMs: 0 };

/** Boards that are known, and of which none was let in yet: what each runs, by its address. */
async function site(stages: RollOutPlan['stages'], running: readonly string[]) {
  const clock = { nowMs: Date.UTC(2026, 0, 1) };
  const bench = await startBench({ now: () => clock.nowMs }, async (boxes) => {
    await makeSet(boxes, 'box', 'box-pi');
    await makeSet(boxes, 'other', 'other-pi', 1000, 3);
  });
  const { registry } = bench;
  const start = () => registry.rollOuts.start(IMAGE, BUILD, OLD, { stages, isByHand: true });
  const fleet = new Map(running.map((build, at) => [`127.0.0.${at + 2}`, build]));
  const board = (address: string): Board => {
    const found = registry.boards.find((known) => known.address === address);
    assert.ok(found, address);
    return found;
  };
  const boot = async (address: string) => {
    await bench.boot(fleet.get(address), { from: address });
    clock.nowMs += 1_000;
    return board(address).state.kind;
  };
  /** Every board boots once, and runs what it gets. */
  const round = async () => {
    for (const address of fleet.keys()) if ((await boot(address)) === 'flashing') fleet.set(address, BUILD);
    registry.rollOuts.observe();
  };
  start();
  registry.rollOuts.halt(IMAGE, BUILD, ACT);
  for (const address of fleet.keys()) await boot(address);
  start();
  return {
    bench,
    board,
    boot,
    round,
    pass: (ms: number) => {
      clock.nowMs += ms;
      registry.rollOuts.observe();
    },
    rollOut: () => {
      const rollOut = registry.rollOuts.get(IMAGE, BUILD);
      assert.ok(rollOut);
      return rollOut;
    },
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  };
}

type Site = Awaited<ReturnType<typeof site>>;

const ONE_THEN_ALL = [{ kind: 'boards', count: 1 }, { kind: 'all' }] as const;
const [A, B, C] = ['127.0.0.2', '127.0.0.3', '127.0.0.4'] as const;

/** A roll-out whose first board took the build and did not come back. */
async function halted(): Promise<Site> {
  const lab = await site(ONE_THEN_ALL, [OLD, OLD, OLD]);
  assert.equal(await lab.boot(A), 'flashing');
  lab.pass(UNKNOWN_FLASH_MS + 1);
  assert.equal(lab.rollOut().state.kind, 'halted');
  return lab;
}

describe('a stage of a roll-out', () => {
  it('is over when its canary runs the build already', async () => {
    await using lab = await site(ONE_THEN_ALL, [BUILD, ...Array<string>(5).fill(OLD)]);
    const { bench, board, round, rollOut } = lab;
    bench.registry.tag(board(A).id, [CANARY]);
    await round();
    await round();
    await round();
    assert.deepEqual([rollOut().state.kind, rollOut().members.length], ['finished', 5]);
  });

  it('that is larger than the fleet is over when all boards run the build', async () => {
    await using lab = await site([{ kind: 'boards', count: 10 }, { kind: 'all' }], [OLD, OLD, OLD]);
    await lab.round();
    await lab.round();
    lab.pass(0);
    assert.equal(lab.rollOut().state.kind, 'finished');
  });

  const leaves: Record<string, (lab: Site) => void> = {
    held: ({ bench, board }) => bench.registry.hold(board(A).id, ACT),
    forgotten: ({ bench, board }) => bench.registry.forget(board(A).id),
    pinned: ({ bench, board }) => bench.registry.pin(board(A).id, { ...ACT, image: IMAGE, build: OLD }),
    'silent for a day': ({ pass }) => pass(SILENT_AFTER_MS),
  };
  for (const [what, leave] of Object.entries(leaves)) {
    it(`goes on with another board when the one that failed is ${what}, and someone says so`, async () => {
      await using lab = await halted();
      const { bench, boot, rollOut } = lab;
      leave(lab);
      bench.registry.rollOuts.continue(IMAGE, BUILD);
      bench.registry.rollOuts.observe();
      assert.deepEqual([await boot(B), await boot(C)], ['flashing', 'withheld']);
      bench.registry.rollOuts.observe();
      assert.equal(rollOut().stage, 0);
      lab.pass(UNKNOWN_FLASH_MS + 1);
      assert.equal(rollOut().state.kind, 'halted', 'the other one fails, too');
    });
  }

  it('halts when its board is silent by the time that anyone looks again', async () => {
    await using lab = await site(ONE_THEN_ALL, [OLD, OLD, OLD]);
    assert.equal(await lab.boot(A), 'flashing');
    lab.pass(SILENT_AFTER_MS + 1);
    assert.equal(await lab.boot(B), 'withheld');
    const { state } = lab.rollOut();
    assert.equal(state.kind === 'halted' && state.why.kind, 'overdue');
  });

  it('has no more boards than it has room for where they ask for the first time, all at once', async () => {
    await using lab = await site(ONE_THEN_ALL, []);
    const { bench, rollOut } = lab;
    await Promise.all([A, B, C].map((from) => bench.boot(OLD, { from })));
    assert.equal(rollOut().members.length, 1);
  });

  it('has no more boards than it has room for where they asked for another image until now', async () => {
    await using lab = await site(ONE_THEN_ALL, [OLD, OLD, OLD, OLD]);
    const { bench, board, rollOut } = lab;
    const addresses = [A, B, C];
    for (const address of addresses) bench.registry.pin(board(address).id, { ...ACT, image: 'other/other-pi' });
    for (const address of addresses) await lab.boot(address);
    assert.equal(board(A).image, 'other/other-pi');
    for (const address of addresses) bench.registry.pin(board(address).id, undefined);
    await Promise.all(addresses.map((from) => bench.boot(OLD, { from })));
    assert.equal(rollOut().members.length, 1);
    for (const address of addresses) await lab.boot(address);
    assert.equal(rollOut().members.length, 1);
  });

  const returns: Record<string, (lab: Site, id: string) => void> = {
    'is released': ({ bench }, id) => bench.registry.release(id),
    'is unpinned': ({ bench }, id) => bench.registry.pin(id, undefined),
  };
  for (const [what, comeBack] of Object.entries(returns)) {
    it(`has no more boards than it has room for where one of them ${what} a moment before another asks`, async () => {
      await using lab = await site(ONE_THEN_ALL, [OLD, OLD, OLD]);
      const { bench, board, boot, rollOut } = lab;
      assert.equal(await boot(A), 'flashing');
      const { id } = board(A);
      bench.registry.hold(id, ACT);
      bench.registry.pin(id, { ...ACT, image: IMAGE, build: OLD });
      if (what === 'is released') bench.registry.pin(id, undefined);
      else bench.registry.release(id);
      bench.registry.rollOuts.observe();
      comeBack(lab, id);
      assert.deepEqual([await boot(B), rollOut().members.length], ['withheld', 1]);
    });
  }

  it('is for a board that became the canary a moment before it asks, and for no other', async () => {
    await using lab = await site(ONE_THEN_ALL, [OLD, OLD, OLD]);
    const { bench, board, boot } = lab;
    bench.registry.rollOuts.observe();
    bench.registry.tag(board(C).id, [CANARY]);
    assert.deepEqual([await boot(B), await boot(C)], ['withheld', 'flashing']);
  });

  const absences: Record<string, (lab: Site, id: string) => void> = {
    'is on hold': ({ bench }, id) => bench.registry.hold(id, ACT),
    'is pinned': ({ bench }, id) => bench.registry.pin(id, { ...ACT, image: IMAGE, build: OLD }),
  };
  for (const [what, leave] of Object.entries(absences)) {
    it(`that is for canaries, and else for all, is for one other board where the only canary ${what}`, async () => {
      await using lab = await site([{ kind: 'all' }], [OLD, OLD, OLD]);
      const { bench, board, boot, rollOut } = lab;
      bench.registry.tag(board(A).id, [CANARY]);
      leave(lab, board(A).id);
      await boot(A);
      assert.deepEqual([await boot(B), await boot(C)], ['flashing', 'withheld']);
      assert.deepEqual(bench.registry.rollOuts.progressOf(rollOut()), { confirmed: 0, of: 1 });
      await bench.boot(BUILD, { from: B });
      bench.registry.rollOuts.observe();
      assert.equal(await boot(C), 'flashing');
    });
  }

  it('that is for canaries, and else for all, is for one other board where the only canary is silent', async () => {
    await using lab = await site([{ kind: 'all' }], [OLD, OLD, OLD]);
    const { bench, board, boot, rollOut } = lab;
    bench.registry.tag(board(A).id, [CANARY]);
    lab.pass(SILENT_AFTER_MS);
    assert.deepEqual([await boot(B), await boot(C)], ['flashing', 'withheld']);
    bench.registry.forget(board(A).id);
    assert.equal(await boot(C), 'flashing', 'nobody is to be first any more');
    assert.equal(rollOut().state.kind, 'running');
  });

  it('keeps the place of a board that turns out to be one that is known', async () => {
    const [from, to, other] = ['192.0.2.10', '192.0.2.11', '192.0.2.12'];
    const macs = new Map([[from, 'dc:a6:32:00:00:01']]);
    const neighbours = { macOf: (address: string) => macs.get(address), refresh: async () => {} };
    await using bench = await startBench({ neighbours });
    await bench.boot(OLD, { as: from });
    bench.registry.rollOuts.start(IMAGE, BUILD, OLD, { stages: ONE_THEN_ALL, isByHand: true });
    await bench.boot(OLD, { as: to });
    assert.equal(bench.registry.boards.length, 2);
    macs.set(to, 'dc:a6:32:00:00:01');
    await bench.boot(OLD, { as: other });
    const { id } = bench.registry.boards.find(({ address }) => address === to) ?? {};
    assert.equal(bench.registry.boards.length, 2);
    const members = bench.registry.rollOuts.get(IMAGE, BUILD)?.members.map(({ board }) => board);
    assert.deepEqual(members, [id]);
    await bench.boot(OLD, { as: to });
    assert.equal(bench.registry.rollOuts.get(IMAGE, BUILD)?.state.kind, 'halted');
  });
});
