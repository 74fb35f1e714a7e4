import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { keptBoard } from '../../src/boards/kept-board.ts';
import type { Neighbours } from '../../src/boards/neighbours.ts';
import { makeSet } from '../server/harness.ts';
import { type Bench, BUILD, historyOf, OLD, startBench } from './bench.ts';

const MAC = 'dc:a6:32:00:00:01';
const A = '192.0.2.10';
const B = '192.0.2.11';

/** Neighbours that the test knows, at once or only after a look. */
class TestNeighbours implements Neighbours {
  readonly known = new Map<string, string>();
  readonly afterLook = new Map<string, string>();
  looks = 0;
  readonly asked: string[] = [];

  macOf(address: string): string | undefined {
    this.asked.push(address);
    return this.known.get(address);
  }

  async refresh(): Promise<void> {
    this.looks++;
    await turn();
    for (const [address, mac] of this.afterLook) this.known.set(address, mac);
  }
}

async function withNeighbours(prepare?: (boxes: string) => Promise<unknown>): Promise<[Bench, TestNeighbours]> {
  const neighbours = new TestNeighbours();
  return [await startBench({ neighbours }, prepare), neighbours];
}

describe('a board is', () => {
  it('its MAC, where that is known, whatever its address', async () => {
    const [started, neighbours] = await withNeighbours();
    await using bench = started;
    neighbours.known.set(A, MAC).set(B, MAC);
    await bench.boot(OLD, { as: A });
    const { id, mac } = bench.board();
    assert.equal(mac, MAC);
    await bench.boot(BUILD, { as: B });
    assert.deepEqual([bench.board().id, bench.board().address, bench.board().state.kind], [id, B, 'confirmed']);
    assert.equal(neighbours.looks, 0);
  });

  it('its address where the MAC is not known, of which the system is asked once', async () => {
    const [started, neighbours] = await withNeighbours();
    await using bench = started;
    await Promise.all([bench.boot(OLD, { as: A }), bench.boot(OLD, { as: B })]);
    assert.deepEqual(
      bench.registry.boards.map(({ address, mac }) => [address, mac]),
      [
        [A, undefined],
        [B, undefined],
      ],
    );
    assert.ok(neighbours.looks >= 1 && neighbours.looks <= 2);
  });

  it('has no more tags than are kept, where two records turn out to be one board', async () => {
    const [started, neighbours] = await withNeighbours();
    await using bench = started;
    for (const as of [A, B]) await bench.boot(OLD, { as });
    for (const { id, address } of bench.registry.boards) {
      bench.registry.tag(
        id,
        Array.from({ length: 15 }, (_, at) => `${address} ${at}`),
      );
    }
    neighbours.known.set(A, MAC).set(B, MAC);
    for (const as of [A, B]) await bench.boot(OLD, { as });
    const { tags } = keptBoard(JSON.parse(JSON.stringify(bench.board()))) ?? {};
    assert.deepEqual([bench.board().tags?.length, tags], [20, bench.board().tags]);
  });

  it('never this machine by MAC', async () => {
    const [started, neighbours] = await withNeighbours();
    await using bench = started;
    await bench.boot(OLD, { from: '127.0.0.5' });
    assert.deepEqual([neighbours.looks, neighbours.asked, bench.board().mac], [0, [], undefined]);
  });

  it('carried over when its MAC becomes known', async () => {
    const [started, neighbours] = await withNeighbours();
    await using bench = started;
    await bench.boot(OLD, { as: A });
    const { id } = bench.board();
    bench.registry.rename(id, 'mine');
    neighbours.known.set(A, MAC).set(B, MAC);
    await bench.boot(BUILD, { as: A });
    assert.deepEqual([bench.board().id, bench.board().mac, bench.board().name], [id, MAC, 'mine']);
    assert.deepEqual(historyOf(bench.board()), ['b1 x1+']);
    await bench.boot(BUILD, { as: B });
    assert.equal(bench.board().id, id);
  });

  it('the same when it asks from a new address whose MAC shows only later', async () => {
    const [started, neighbours] = await withNeighbours();
    await using bench = started;
    neighbours.known.set(A, MAC);
    await bench.boot(OLD, { as: A });
    const { id, firstSeenMs } = bench.board();
    bench.registry.rename(id, 'mine');
    neighbours.afterLook.set(B, MAC);
    await bench.boot(BUILD, { as: B });
    const { state, address, mac, name, ...board } = bench.board();
    assert.deepEqual([board.id, board.firstSeenMs, address, mac, name], [id, firstSeenMs, B, MAC, 'mine']);
    assert.deepEqual([state.kind, historyOf(bench.board())], ['confirmed', ['b1 x1+']]);
    assert.deepEqual(bench.events, [`confirmed ${B}`]);
  });

  it('held from its new address, too', async () => {
    const [started, neighbours] = await withNeighbours();
    await using bench = started;
    neighbours.known.set(A, MAC).set(B, MAC);
    await bench.boot(OLD, { as: A });
    bench.registry.hold(bench.board().id);
    await bench.boot(OLD, { as: B });
    assert.deepEqual([bench.board().state.kind, bench.board().isHeld], ['held', true]);
  });

  it('the same while it downloads from a new address, and what it got before counts', async () => {
    const [started, neighbours] = await withNeighbours((boxes) => makeSet(boxes, 'box', 'box-pi', 20_000_000));
    await using bench = started;
    neighbours.known.set(A, MAC);
    await bench.boot(OLD, { as: A });
    neighbours.afterLook.set(B, MAC);
    await bench.boot(OLD, { as: B, bytesPerSecond: 500_000_000 });
    assert.deepEqual([bench.board().state.kind, historyOf(bench.board())], ['flashing', ['b1 x2']]);
    await bench.boot(OLD, { as: B });
    assert.equal(bench.board().state.kind, 'reflashing');
  });

  it('another one when another MAC asks from its address', async () => {
    const [started, neighbours] = await withNeighbours();
    await using bench = started;
    neighbours.known.set(A, MAC);
    await bench.boot(OLD, { as: A });
    neighbours.known.set(A, 'dc:a6:32:00:00:02');
    await bench.boot(OLD, { as: A });
    assert.deepEqual(bench.registry.boards.map(({ mac }) => mac).sort(), [MAC, 'dc:a6:32:00:00:02']);
  });

  it('one of several behind an address, by the box and the kind of board it asks for', async () => {
    await using bench = await startBench({}, async (boxes) => {
      for (const [box, image] of [
        ['box', 'box-pi'],
        ['box', 'box-c4'],
        ['tv', 'tv-pi'],
      ] as const)
        await makeSet(boxes, box, image);
    });
    const queries = ['name=box&board=pi', 'name=box&board=c4', 'name=tv&board=pi'];
    for (const query of [...queries, ...queries]) await bench.boot(OLD, { query });
    assert.deepEqual(bench.registry.boards.map(({ image }) => image).sort(), ['box/box-c4', 'box/box-pi', 'tv/tv-pi']);
    await bench.boot(OLD, { query: 'name=box&board=pi&version=2' });
    assert.equal(bench.registry.boards.length, 3);
  });
});
