import { deepEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { after, before, suite, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { BoardRegistry } from '../../src/boards/board-registry.ts';
import { parseFaultOrder } from '../../src/server/sending/fault.ts';
import type { Transfer } from '../../src/server/transfer.ts';
import { startServer, type TestServer } from '../server/harness.ts';
import { createBoard } from './board.ts';
import { buildIdOf, DEMO_BOXES, DEMO_IMAGES } from './demo-boxes.ts';
import { bootsOn, flashes, isUpToDate } from './expect-boot.ts';

const { main } = DEMO_IMAGES;

/** What the board's programs say of each fault that spoils an update. */
const COMPLAINTS: Readonly<Record<string, RegExp>> = {
  'cut:0': /curl: \(18\)/,
  'cut:50': /curl: \(18\)/,
  'cut:99': /curl: \(18\)/,
  byte: /\.img\.zst: FAILED/,
  checksum: /\.img\.zst: FAILED/,
  '404': /tar: This does not look like a tar archive/,
  '503': /tar: This does not look like a tar archive/,
};

suite('a board that meets a fault on purpose', () => {
  let site: TestServer;
  const registry = new BoardRegistry();

  before(async () => {
    site = await startServer((boxes) => cp(DEMO_BOXES, boxes, { recursive: true }), { assigner: registry.assigner });
    registry.watch(site.server);
  });
  after(async () => {
    await site[Symbol.asyncDispose]();
    await registry.close();
  });

  function arm(text: string): void {
    const order = parseFaultOrder(text);
    if (order === undefined) throw new Error(`${text} is no fault`);
    site.server.faults.arm(order);
  }

  for (const [fault, complaint] of Object.entries(COMPLAINTS)) {
    test(`boots its old system, untouched, and flashes at its next boot: ${fault}`, async () => {
      await using board = await createBoard({ ...main, server: site.url });
      arm(fault);
      const ended = site.ended();
      match((await bootsOn(board)).output, complaint);
      const { state, completesUpdate } = await ended;
      equal(state.kind, /^\d/.test(fault) ? 'refused' : 'broken');
      equal(completesUpdate, false);
      equal(['broken off', 'refused'].includes(registry.boards[0]?.state.kind ?? ''), true);
      equal(site.server.faults.armed, undefined);
      await flashes(board, main);
      await isUpToDate(board);
    });
  }

  test('waits while nothing comes, until it is switched off: stall:50', async () => {
    await using board = await createBoard({ ...main, server: site.url });
    arm('stall:50');
    const plug = new AbortController();
    const ended = site.ended();
    const boot = bootsOn(board, { signal: plug.signal });
    const transfer = await sentHalf(site);
    equal(transfer.state.kind, 'running');
    plug.abort();
    await boot;
    deepEqual((await ended).state, { kind: 'broken', reason: 'fault' });
    await flashes(board, main);
  });

  for (const [fault, leastMs] of Object.entries({ 'slow:200': 500, 'late:1': 1000 })) {
    test(`flashes all the same, later: ${fault}`, async () => {
      await using board = await createBoard({ ...main, server: site.url });
      arm(fault);
      const ended = site.ended();
      await flashes(board, main);
      const { durationMs, state } = await ended;
      equal(durationMs >= leastMs, true, `${durationMs} ms`);
      deepEqual(state, { kind: 'finished', result: 'image' });
    });
  }

  test('alone has it, at each boot, where it is for its address', async () => {
    await using board = await createBoard({ ...main, server: site.url });
    await using other = await createBoard({ ...main, server: site.url, from: '127.0.0.2' });
    arm('byte@127.0.0.2');
    for (let boot = 0; boot < 2; boot++) match((await bootsOn(other)).output, /\.img\.zst: FAILED/);
    await flashes(board, main);
    site.server.faults.disarm();
    await flashes(other, main);
  });

  test('does not, when it is up to date', async () => {
    arm('503');
    await using board = await createBoard({ ...main, server: site.url, buildId: await buildIdOf(main) });
    await isUpToDate(board);
    equal(site.server.faults.armed?.fault.kind, 'status');
    site.server.faults.disarm();
  });
});

/** Waits until a board has half of what it asked for. */
async function sentHalf({ server }: TestServer): Promise<Transfer> {
  if (server.running.size === 0) await once(server.events, 'accepted');
  const [transfer] = server.running;
  if (transfer === undefined) throw new Error('no request is being answered');
  while (transfer.totalBytes === 0 || transfer.sentBytes < Math.floor(transfer.totalBytes / 2)) await pause(20);
  return transfer;
}
