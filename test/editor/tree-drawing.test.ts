import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { TreeDrawing } from '../../src/editor/tree-drawing.ts';

const DRAWS_MS = 60;

suite('the drawing of a tree', () => {
  test('is not asked for before the editor asked for rows', () => {
    using tree = drawingOf();
    tree.drawing.changed();
    equal(tree.times, 0);
  });

  test('waits until the editor has drawn what it asked for, and is one for all changes', async () => {
    using tree = drawingOf();
    tree.drawing.asked();
    tree.drawing.changed();
    tree.drawing.changed();
    equal(tree.times, 0);
    await sleep(2 * DRAWS_MS);
    equal(tree.times, 1);
  });

  test('waits anew when the editor asks for rows below', async () => {
    using tree = drawingOf();
    const startedAt = performance.now();
    tree.drawing.asked();
    tree.drawing.changed();
    await sleep(DRAWS_MS / 2);
    tree.drawing.asked();
    await sleep(2 * DRAWS_MS);
    equal(tree.times, 1);
    deepEqual(
      tree.drawnAt.map((at) => at - startedAt >= 1.4 * DRAWS_MS),
      [true],
    );
  });

  test('is at once when the editor asks for nothing, each time', async () => {
    using tree = drawingOf();
    tree.drawing.asked();
    await sleep(2 * DRAWS_MS);
    equal(tree.times, 0);
    tree.drawing.changed();
    tree.drawing.changed();
    equal(tree.times, 2);
  });

  test('is no more once it was disposed of', async () => {
    const tree = drawingOf();
    tree.drawing.asked();
    tree.drawing.changed();
    tree[Symbol.dispose]();
    tree.drawing.asked();
    await sleep(2 * DRAWS_MS);
    equal(tree.times, 0);
  });
});

function drawingOf() {
  const drawnAt: number[] = [];
  const drawing = new TreeDrawing(() => drawnAt.push(performance.now()), DRAWS_MS);
  return {
    drawing,
    drawnAt,
    get times() {
      return drawnAt.length;
    },
    [Symbol.dispose]: () => drawing.dispose(),
  };
}
