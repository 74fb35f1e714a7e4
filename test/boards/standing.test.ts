import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isBehind } from '../../src/boards/next-image.ts';
import { type CountedBoard, problemsFirst, STANDINGS_BY_URGENCY, standingsText } from '../../src/boards/standing.ts';
import { Catalog } from '../../src/images/catalog.ts';
import { ENGLISH } from '../../src/words.ts';
import { makeSet } from '../server/harness.ts';
import { BUILD, OLD, startBench } from './bench.ts';

suite('how many boards stand where', () => {
  test('is told in short, and nothing without boards', async () => {
    await using bench = await startBench();
    const told = async () => {
      const snapshot = await new Catalog([bench.server.boxes]).refresh();
      return standingsText(bench.registry.boards.map((board) => ({ ...board, isBehind: isBehind(board, snapshot) })));
    };
    const none = await told();
    await bench.boot(BUILD, { from: '127.0.0.2' });
    await bench.boot(BUILD, { from: '127.0.0.3' });
    const current = await told();
    await bench.boot(OLD, { from: '127.0.0.4' });
    const updating = await told();
    await makeSet(bench.server.boxes, 'box', 'box-pi', 1000, 2);
    const different = await told();
    const [first] = bench.registry.boards;
    bench.registry.hold(first?.id ?? '');
    const held = await told();
    bench.registry.release(first?.id ?? '');
    bench.pass(3600_000);
    deepEqual(
      [none, current, updating, different, held, await told()],
      [
        '',
        '2 current',
        '2 current · 1 updating',
        '2 with different builds · 1 updating',
        '1 with a different build · 1 updating · 1 held',
        '2 with different builds · 1 overdue',
      ],
    );
  });
});

test('what needs someone to look at it comes first in a line that may be cut', () => {
  const board = (kind: CountedBoard['state']['kind']) => ({ state: { kind }, isHeld: false, isBehind: false });
  const boards = (['up to date', 'silent', 'refused', 'flashing', 'overdue', 'up to date'] as const).map(board);
  equal(
    standingsText(boards, ENGLISH, STANDINGS_BY_URGENCY),
    '1 overdue · 1 refused · 2 current · 1 updating · 1 silent',
  );
});

suite('boards that need someone to look at them', () => {
  test('come first, the others as they were', async () => {
    await using bench = await startBench();
    await bench.boot(BUILD, { from: '127.0.0.2' });
    await bench.boot(OLD, { from: '127.0.0.3', cutAt: 10 });
    await bench.boot(BUILD, { from: '127.0.0.4' });
    const addresses = () => problemsFirst(bench.registry.boards).map(({ address }) => address);
    deepEqual(addresses(), ['127.0.0.3', '127.0.0.2', '127.0.0.4']);
    await bench.boot(BUILD, { from: '127.0.0.3' });
    deepEqual(addresses(), ['127.0.0.2', '127.0.0.3', '127.0.0.4']);
  });
});
