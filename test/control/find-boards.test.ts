import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Board } from '../../src/boards/board.ts';
import { findBoards } from '../../src/control/find-boards.ts';

function board(id: string, like: Partial<Board>): Board {
  const seen = { state: { kind: 'checking', sinceMs: 0 }, firstSeenMs: 0, lastSeenMs: 0 } as const;
  return { id, address: `192.0.2.${id}`, wish: {}, isHeld: false, history: [], ...seen, ...like };
}

const BOARDS = [
  board('1', { name: 'bench 1', mac: 'dc:a6:32:00:00:01', tags: ['lab'] }),
  board('2', { mac: 'dc:a6:32:00:00:02', tags: ['lab'] }),
  board('3', { name: '192.0.2.2' }),
  board('4', { mac: 'dc:a6:32:00:00:04' }),
  board('5', { address: '192.0.2.4', mac: 'dc:a6:32:00:00:05' }),
];

const found = (...names: string[]) => findBoards(names, BOARDS).map(({ id }) => id);

describe('boards', () => {
  it('go by their names, addresses, hardware addresses and tags, in whatever case, each once', () => {
    assert.deepEqual(found('Bench 1'), ['1']);
    assert.deepEqual(found('192.0.2.1'), ['1']);
    assert.deepEqual(found('DC:A6:32:00:00:02'), ['2']);
    assert.deepEqual(found('tag:lab', 'bench 1'), ['1', '2']);
  });

  it('go by what people call them before what machines call others', () => {
    assert.deepEqual(found('192.0.2.2'), ['3']);
  });

  it('that share an address are told apart by what is said to who asks', () => {
    const message = '2 boards go by "192.0.2.4": say which by dc:a6:32:00:00:04 or dc:a6:32:00:00:05';
    assert.throws(() => found('192.0.2.4'), { name: 'UserError', message });
  });
});
