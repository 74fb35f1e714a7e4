import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { UP_TO_DATE_AGE_MS } from '../../src/server/limits.ts';
import { processorMs } from '../processor-time.ts';
import { buildId, makeSet } from '../server/harness.ts';
import { type Bench, BUILD, OLD, startBench } from './bench.ts';
import { Dice, type Fate, lineOf, type Served, SimulatedBoard } from './simulated-board.ts';

/** Other seeds tell other stories, of which each must be true as well. */
const SEED = Number(process.env.MKBOX_SIMULATION_SEED ?? 20_260_101);
const HOUR = 3_600_000;

const TYPES = ['pi', 'c4'] as const;
const SIZES = { pi: 2_000_000, c4: 5_000_000 };
const FATES: readonly [Fate, ...Fate[]] = [
  'flashes and runs it',
  'flashes and runs it',
  'flashes and does not run it',
  'loses power',
  'loses power, and goes on where it was',
  'asks for a branch that is not',
  'leaves an old connection hanging',
];

/** Serves build `number` to boards of `types`, and waits until none is told of the one before. */
async function serve(boxes: string, number: number, types: readonly (typeof TYPES)[number][] = TYPES): Promise<void> {
  for (const type of types) await makeSet(boxes, 'lab', `lab-${type}`, SIZES[type], number);
  await sleep(UP_TO_DATE_AGE_MS + 100);
}

/** How many bytes the archive around an image has. */
async function archiveBytes(bench: Bench, type: string): Promise<number> {
  const { headers } = await bench.server.get(`/update/lab/lab-${type}`, {}, 'HEAD');
  return Number(headers['content-length']);
}

describe('a simulated bench of 50 boards', () => {
  it('is in the registry what it is in truth', { timeout: 240_000 }, async (context) => {
    const dice = new Dice(SEED);
    await using bench = await startBench({}, (boxes) => serve(boxes, 1));
    const bytes = { pi: await archiveBytes(bench, 'pi'), c4: await archiveBytes(bench, 'c4') };
    const boards = Array.from({ length: 50 }, (_, index) => {
      const type = dice.pick(TYPES);
      const [rate, spoilt] = [10e6 * 20 ** dice.roll(), dice.roll() < 0.2];
      const box = index % 12 === 5 ? 'no-such-box' : 'lab';
      const running = dice.pick([OLD, OLD, BUILD]);
      const board = new SimulatedBoard(bench, `127.0.3.${index + 1}`, { box, type }, running, rate);
      return { board, type, spoilt };
    });
    const end = Promise.withResolvers<void>();
    const round = async (builds: { pi: number; c4: number }, isLast = false) => {
      const boots = boards.map(async ({ board, type, spoilt }) => {
        const served: Served = { build: buildId(builds[type]), archiveBytes: bytes[type] };
        const [asksAtAll, isDifferent, delayMs] = [dice.roll() < 0.9, dice.roll(), dice.roll() * 200];
        let fate: Fate = spoilt && isDifferent < 0.8 ? 'flashes and does not run it' : dice.pick(FATES);
        if (isLast && isDifferent < 0.1) fate = 'loads until the end of the test';
        if (isLast && isDifferent > 0.9 && board.isBehind(served)) {
          const { id = '' } = bench.registry.boards.find(({ address }) => address === board.address) ?? {};
          bench.registry.hold(id);
          board.isHeld = id !== '';
        }
        await sleep(delayMs);
        if (asksAtAll || isLast) await board.boot(fate, served, end.promise);
      });
      await Promise.all(boots);
    };
    for (let time = 0; time < 2; time++) await round({ pi: 1, c4: 1 });
    await serve(bench.server.boxes, 2);
    for (let time = 0; time < 4; time++) await round({ pi: 2, c4: 2 });
    await serve(bench.server.boxes, 3, ['pi']);
    await round({ pi: 3, c4: 2 }, true);
    const loading = bench.registry.boards
      .filter(({ id }) => bench.registry.transferOf(id))
      .map(({ address }) => address);
    await bench.server.idle(loading.length);
    const told = () => bench.registry.boards.map(lineOf);
    assert.deepEqual(
      told(),
      boards.map(({ board }) => board.line),
    );
    const kinds = bench.registry.boards.map(({ state }) => state.kind);
    const counts = [...new Set(kinds)].map((kind) => `${kinds.filter((other) => other === kind).length} ${kind}`);
    context.diagnostic(`seed ${SEED}: ${counts.join(', ')}`);
    assert.ok(counts.length >= 6, 'the story is too plain to prove anything');
    bench.pass(2 * HOUR);
    const later = boards.map(({ board }) => board.line.replace(': flashing', ': overdue'));
    assert.deepEqual(told(), later);
    bench.pass(24 * HOUR);
    const isLoading = (line: string) => loading.some((address) => line.startsWith(`${address}:`));
    const silent = later.map((line) => (isLoading(line) ? line : line.replace(/: [^;]*/, ': silent')));
    assert.deepEqual(told(), silent);
    end.resolve();
    await bench.server.idle();
  });
});

describe('1,000 boards that ask at once', () => {
  const addresses = Array.from(
    { length: 1_000 },
    (_, index) => `127.0.${4 + Math.floor(index / 250)}.${(index % 250) + 1}`,
  );
  /** The bytes that are held, once all that is being closed is. */
  const settled = async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    for (let before = Number.POSITIVE_INFINITY; ; await sleep(50)) {
      collect();
      const { heapUsed } = process.memoryUsage();
      if (heapUsed > 0.99 * before) return heapUsed;
      before = heapUsed;
    }
  };

  it('are all answered, and known, and cost memory once', { timeout: 240_000 }, async (context) => {
    await using bench = await startBench({ statePath: undefined });
    const times: number[] = [];
    const heaps: number[] = [];
    for (let round = 0; round < 4; round++) {
      const start = performance.now();
      const statuses = await Promise.all(
        addresses.map((from, index) => bench.boot(index % 10 === 0 ? OLD : BUILD, { from, isOneOfMany: true })),
      );
      await bench.server.idle();
      times.push(Math.round(performance.now() - start));
      heaps.push(await settled());
      assert.deepEqual(new Set(statuses), new Set([200]));
    }
    const { boards } = bench.registry;
    assert.deepEqual(
      boards.map(({ address }) => address),
      addresses,
    );
    for (const [index, { state, history }] of boards.entries()) {
      const expected = index % 10 === 0 ? ['reflashing', 1, 4] : ['up to date', 0, undefined];
      assert.deepEqual([state.kind, history.length, history[0]?.times], expected);
    }
    const [first = 0, ...others] = heaps;
    const grownBytes = Math.max(...others) - first;
    assert.ok(grownBytes < 5_000_000, `${grownBytes} bytes more after each has asked again`);
    const looksMs = await processorMs(() => {
      for (let time = 0; time < 100; time++) assert.equal(bench.registry.boards.length, 1_000);
    });
    const lookMs = looksMs / 100;
    context.diagnostic(`${times.join(', ')} ms; ${grownBytes} bytes grown; a look ${lookMs.toFixed(2)} ms`);
    assert.ok(lookMs < 20);
  });
});
