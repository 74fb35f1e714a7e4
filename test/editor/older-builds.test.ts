import { deepEqual } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { olderBuildsText } from '../../src/editor/words/board-words.ts';
import { Catalog } from '../../src/images/catalog.ts';
import { BUILD, OLD, startBench } from '../boards/bench.ts';
import { makeSet } from '../server/harness.ts';
import { PLAIN } from './plain-words.ts';

suite('how many boards run an older build', () => {
  test('is told as a number, or not at all', async () => {
    await using bench = await startBench();
    const told = async () => {
      const snapshot = await new Catalog([bench.server.boxes]).refresh();
      return olderBuildsText(bench.registry.boards, snapshot, PLAIN);
    };
    await bench.boot(BUILD, { from: '127.0.0.2' });
    const none = await told();
    await bench.boot(OLD, { from: '127.0.0.3' });
    const one = await told();
    await makeSet(bench.server.boxes, 'box', 'box-pi', 1000, 2);
    deepEqual([none, one, await told()], ['', '1 board runs an older build', '2 boards run an older build']);
  });
});
