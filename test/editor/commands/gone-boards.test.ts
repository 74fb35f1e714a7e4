import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Board } from '../../../src/boards/board.ts';
import type { Row } from '../../../src/editor/commands/command.ts';
import { OLD } from '../../boards/bench.ts';
import { BUILD_A } from '../../images/image-sets.ts';
import type { Question } from '../window.ts';
import { type Answer, openSite, type Site } from './site.ts';

const [FIRST, SECOND] = ['127.0.0.2', '127.0.0.3'];
const GONE = `mkbox: the board ${FIRST} is no longer listed: nothing was done. It reappears when it next asks.`;

/** A site where two boards asked for a build that they do not run. */
async function site(): Promise<Site> {
  const opened = await openSite((images) => images.build(BUILD_A));
  for (const from of [FIRST, SECOND]) await opened.boards.boot(OLD, { from });
  return opened;
}

function boardAt(address: string, { boards }: Site): Board {
  const board = boards.registry.boards.find((known) => known.address === address);
  if (board === undefined) throw new Error(`no board asked from ${address}`);
  return board;
}

function rowOf({ id }: Board): Row {
  return { kind: 'board', id, rowId: id, group: undefined };
}

/** Picks what is shown under that label. */
const choice = (label: string) => (question: Question) => {
  const found = question.choices.find((item) => (item as { label: string }).label.includes(label));
  if (found === undefined) throw new Error(`${label} is not among ${JSON.stringify(question.choices)}`);
  return found;
};

/** What a command asks before it does something to one board, on its row or without one. */
const acts: readonly [id: `mkbox.${string}`, on: 'row' | 'palette', ...answers: readonly unknown[]][] = [
  ['mkbox.renameBoard', 'row', 'bench 1'],
  ['mkbox.renameBoard', 'palette', choice(FIRST), 'bench 1'],
  ['mkbox.tagBoard', 'row', 'lab'],
  ['mkbox.pinBoard', 'row', choice('box-pi'), ''],
  ['mkbox.forgetBoard', 'row', 'Forget'],
  ['mkbox.holdBoard', 'palette', choice(FIRST)],
  ['mkbox.serveOnceToBoard', 'palette', choice(FIRST)],
  ['mkbox.copyAddresses', 'palette', choice(FIRST)],
];

suite('a board that is forgotten while the user is asked', () => {
  for (const [id, on, ...answers] of acts) {
    test(`is told of by ${id} from the ${on}`, async () => {
      await using opened = await site();
      const board = boardAt(FIRST, opened);
      const given = answers.map((answer, index): Answer => {
        const isLast = index === answers.length - 1;
        return { with: answer, ...(isLast && { meanwhile: () => opened.boards.registry.forget(board.id) }) };
      });
      deepEqual(await opened.run(id, on === 'row' ? rowOf(board) : undefined, ...given), [GONE]);
    });
  }

  test('is one that the act is still for, where it asked again before the answer', async () => {
    await using opened = await site();
    const board = boardAt(FIRST, opened);
    const meanwhile = async () => {
      opened.boards.registry.forget(board.id);
      await opened.boards.boot(OLD, { from: FIRST });
    };
    deepEqual(await opened.run('mkbox.renameBoard', rowOf(board), { with: 'bench 1', meanwhile }), []);
    equal(boardAt(FIRST, opened).name, 'bench 1');
  });

  test('keeps the act from no other board that it is for', async () => {
    await using opened = await site();
    const boards = [boardAt(FIRST, opened), boardAt(SECOND, opened)] as const;
    opened.acts.tag(
      boards.map(({ id }) => id),
      { add: ['lab'] },
    );
    const meanwhile = () => opened.boards.registry.forget(boards[0].id);
    const told = 'mkbox: 1 of 2 boards is no longer listed: nothing was done to it. It reappears when it next asks.';
    deepEqual(await opened.run('mkbox.holdBoard', undefined, { with: choice('#lab'), meanwhile }), [told]);
    equal(boardAt(SECOND, opened).isHeld, true);
  });
});

suite('a row whose board is gone', () => {
  const others = [
    'mkbox.openSshTerminal',
    'mkbox.whatWouldChange',
    'mkbox.copyUpdateTxtForBoard',
    'mkbox.showWhy',
  ] as const;
  for (const id of new Set([...acts.map(([command]) => command), ...others])) {
    test(`is told of by ${id}`, async () => {
      await using opened = await site();
      const row = rowOf(boardAt(FIRST, opened));
      opened.boards.registry.forget(boardAt(FIRST, opened).id);
      const told = 'mkbox: this board is no longer listed: nothing was done. It reappears when it next asks.';
      deepEqual(await opened.run(id, row), [told]);
    });
  }
});
