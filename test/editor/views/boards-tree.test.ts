import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { BoardsTree } from '../../../src/editor/views/boards-tree.ts';
import type { GroupedBoard } from '../../../src/editor/words/board-groups.ts';
import { BUILD, seen } from '../boards.ts';

const SINCE = { sinceMs: 0 };

/** A board with these tags, which is current. */
function tagged(id: string, ...tags: string[]): GroupedBoard {
  return { ...seen({ kind: 'up to date', ...SINCE, build: BUILD }, { id, tags }).board, isBehind: false };
}

/** The rows as they stand, those of boards by their IDs. */
function drawn(tree: BoardsTree): unknown[] {
  return tree.roots.map((node) =>
    node.kind === 'board' ? node.id : [node.key.name, tree.rowsIn(node).map(({ id }) => id)],
  );
}

suite('the rows of boards', () => {
  test('are the boards themselves while they are not grouped, by their own IDs', () => {
    const tree = new BoardsTree();
    equal(tree.layOut([tagged('1', 'lab'), tagged('2')], 'none'), true);
    deepEqual(drawn(tree), ['1', '2']);
    deepEqual(
      tree.rows.map(({ rowId, group }) => [rowId, group]),
      [
        ['1', undefined],
        ['2', undefined],
      ],
    );
    deepEqual(tree.groups, []);
  });

  test('are of several IDs where a board is in several groups, and lead to their groups', () => {
    const tree = new BoardsTree();
    tree.layOut([tagged('1', 'canary', 'lab'), tagged('2')], 'tag');
    deepEqual(drawn(tree), [
      ['canary', ['1']],
      ['lab', ['1']],
      [undefined, ['2']],
    ]);
    const ids = [...tree.groups, ...tree.rows].map(({ rowId }) => rowId);
    equal(new Set(ids).size, 6);
    deepEqual(
      tree.rows.map(({ group }) => group),
      tree.groups,
    );
  });

  test('have IDs of their own, whatever tags and boards are called', () => {
    const tree = new BoardsTree();
    const names = ['a', 'a"', 'a","1', '["tag","a"]', 'null', '1', '\ud800', 'tag'];
    tree.layOut([tagged('1', ...names), tagged('["tag","a"]', 'a'), tagged('null')], 'tag');
    const ids = [...tree.groups, ...tree.rows].map(({ rowId }) => rowId);
    equal(new Set(ids).size, names.length + 1 + names.length + 2);
  });

  test('stay the same objects while the boards are there', () => {
    const tree = new BoardsTree();
    tree.layOut([tagged('1', 'lab'), tagged('2', 'lab')], 'tag');
    const [group] = tree.groups;
    const [one, two] = tree.rows;
    equal(tree.layOut([tagged('1', 'lab'), tagged('2', 'lab')], 'tag'), false);
    equal(tree.layOut([tagged('2', 'lab'), tagged('3', 'lab')], 'tag'), true);
    equal(tree.groups[0], group);
    equal(tree.rows[0], two);
    tree.layOut([tagged('1', 'lab')], 'tag');
    notEqual(tree.rows[0], one);
  });

  test('move when a board gets another group, or the boards another order', () => {
    const tree = new BoardsTree();
    tree.layOut([tagged('1', 'lab'), tagged('2', 'lab')], 'tag');
    equal(tree.layOut([tagged('2', 'lab'), tagged('1', 'lab')], 'tag'), true);
    equal(tree.layOut([tagged('2', 'lab'), tagged('1', 'rack')], 'tag'), true);
    equal(tree.layOut([tagged('2', 'lab'), tagged('1', 'rack')], 'box'), true);
    equal(tree.layOut([tagged('2', 'lab'), tagged('1', 'rack')], 'box'), false);
  });

  test('are none below a group that is gone', () => {
    const tree = new BoardsTree();
    tree.layOut([tagged('1', 'lab')], 'tag');
    const [group] = tree.groups;
    ok(group !== undefined && tree.group(group) !== undefined);
    tree.layOut([tagged('1')], 'tag');
    deepEqual([tree.group(group), tree.rowsIn(group)], [undefined, []]);
  });
});
