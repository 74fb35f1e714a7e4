import { deepEqual } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { DrawnRows } from '../../../src/editor/views/drawn-rows.ts';

suite('the rows that are drawn', () => {
  const texts = new Map<string, string>();
  const shownOf = (row: string) => texts.get(row) ?? '';

  test('are drawn again where they show something else, once', () => {
    const rows = new DrawnRows<string>();
    rows.give('box', ['a', 'b'], shownOf);
    deepEqual(rows.takeChanged(shownOf), []);
    texts.set('b', 'verified');
    deepEqual(rows.takeChanged(shownOf), ['b']);
    deepEqual(rows.takeChanged(shownOf), []);
  });

  test('are those that were given last for a group, and none after all were asked for again', () => {
    const rows = new DrawnRows<string>();
    rows.give('box', ['c'], shownOf);
    rows.give('box', ['d'], shownOf);
    rows.give('other', ['e'], shownOf);
    for (const row of ['c', 'd', 'e']) texts.set(row, 'wrong');
    deepEqual(rows.takeChanged(shownOf), ['d', 'e']);
    rows.clear();
    for (const row of ['d', 'e']) texts.set(row, 'right');
    deepEqual(rows.takeChanged(shownOf), []);
  });
});
