import { equal } from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { TreeDrawing } from '../../src/editor/tree-drawing.ts';

const DRAWS_MS = 60;

suite('the drawing of a tree', () => {
  test('is not asked for before the editor asked for rows', (t) => {
    using tree = drawingOf(t);
    tree.drawing.changed();
    equal(tree.times, 0);
  });

  test('waits until the editor has drawn what it asked for, and is one for all changes', (t) => {
    using tree = drawingOf(t);
    tree.drawing.asked();
    tree.drawing.changed();
    tree.drawing.changed();
    equal(tree.times, 0);
    tree.pass(DRAWS_MS);
    equal(tree.times, 1);
  });

  test('waits anew when the editor asks for rows below', (t) => {
    using tree = drawingOf(t);
    tree.drawing.asked();
    tree.drawing.changed();
    tree.pass(DRAWS_MS - 1);
    tree.drawing.asked();
    tree.pass(DRAWS_MS - 1);
    equal(tree.times, 0);
    tree.pass(DRAWS_MS);
    equal(tree.times, 1);
  });

  test('is at once when the editor asks for nothing, each time', (t) => {
    using tree = drawingOf(t);
    tree.drawing.asked();
    tree.pass(DRAWS_MS);
    equal(tree.times, 0);
    tree.drawing.changed();
    tree.drawing.changed();
    equal(tree.times, 2);
  });

  test('is no more once it was disposed of', (t) => {
    const tree = drawingOf(t);
    tree.drawing.asked();
    tree.drawing.changed();
    tree[Symbol.dispose]();
    tree.drawing.asked();
    tree.pass(2 * DRAWS_MS);
    equal(tree.times, 0);
  });
});

/** A drawing, and time that passes by hand. */
function drawingOf({ mock: { timers } }: TestContext) {
  timers.enable({ apis: ['setTimeout'] });
  let times = 0;
  const drawing = new TreeDrawing(() => times++, DRAWS_MS);
  return {
    drawing,
    pass: (ms: number) => timers.tick(ms),
    get times() {
      return times;
    },
    [Symbol.dispose]: () => drawing.dispose(),
  };
}
