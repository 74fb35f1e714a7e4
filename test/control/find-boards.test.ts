import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Board } from '../../src/boards/board.ts';
import { findBoard, findBoards } from '../../src/control/find-boards.ts';

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

  const MAC = 'dc:a6:32:00:00:06';
  const crowds: Record<string, readonly [boards: readonly Board[], asked: string, ...names: readonly string[]]> = {
    'that have a record for each of two boxes': [
      ['box-a', 'box-b'].map((box) => board(box, { address: '10.0.0.7', mac: MAC, wish: { box, board: 'pi' } })),
      MAC,
      '10.0.0.7/box-a',
      '10.0.0.7/box-b',
    ],
    'of two kinds behind one address': [
      [
        board('1', { address: '2001:db8::7', wish: { box: 'box', board: 'pi' } }),
        board('2', { address: '2001:db8::7', wish: { box: 'box', image: 'box-c4-main' } }),
        board('3', { address: '2001:db8::7', wish: { box: 'Tv', board: 'pi' } }),
      ],
      '2001:DB8::7',
      '2001:db8::7/box/pi',
      '2001:db8::7/box/box-c4-main',
      '2001:db8::7/Tv',
    ],
    'that someone gave one name': [
      ['10.0.0.7', '10.0.0.8', '10.0.0.8'].map((address, at) =>
        board(`${at}`, { address, name: 'bench', ...(at > 0 && { wish: { box: `box-${at}` } }) }),
      ),
      'Bench',
      '10.0.0.7',
      'bench/box-1',
      'bench/box-2',
    ],
    'that only their records tell apart': [
      ['3f2a9c1b-7d', '3f2a9c1b-7e', '77aa0b1c-00', '77aa0b1c-00-1'].map((id) => board(id, { address: '10.0.0.7' })),
      '10.0.0.7',
      'id:3f2a9c1b-7d',
      'id:3f2a9c1b-7e',
      'id:77aa0b1c-00',
      'id:77aa0b1c-00-1',
    ],
    'whose names mean others, or steer a terminal': [
      [
        board('0a1b2c3d-1', { address: '10.0.0.7', wish: { box: '\u001b[2J' } }),
        board('0a1b2c3e-1', { address: '10.0.0.7', wish: { box: 'b' } }),
        board('0a1b2c3f-1', { name: '10.0.0.7/b' }),
        board('0a1b2c40-1', { name: 'id:0a1b' }),
      ],
      '10.0.0.7',
      'id:0a1b2c3d',
      'id:0a1b2c3e',
    ],
  };
  for (const [which, [boards, asked, ...names]] of Object.entries(crowds)) {
    it(`${which} are told apart by names that each mean one of them`, () => {
      const message = `${names.length} boards go by ${JSON.stringify(asked)}: say which by ${names.join(' or ')}`;
      assert.throws(() => findBoards([asked], boards), { name: 'UserError', message });
      assert.deepEqual(
        names.map((name) => findBoards([name], boards)),
        boards.slice(0, names.length).map((each) => [each]),
      );
    });
  }

  it('go by what they ask for in whatever case, and by the beginning of an ID, but by no empty one', () => {
    const boards = crowds['of two kinds behind one address']?.[0] ?? assert.fail();
    assert.deepEqual(findBoards(['2001:DB8::7/TV/Pi', 'id:2'], boards), [boards[2], boards[1]]);
    for (const name of ['id:', 'id:9', '2001:db8::7/', '2001:db8::7/tv/c4', '/tv']) {
      const message = `no board goes by ${JSON.stringify(name)}: update-server boards lists them`;
      assert.throws(() => findBoards([name], boards), { name: 'UserError', message });
    }
  });

  it('are no single one where a tag means several, of which each is named', () => {
    assert.equal(findBoard('bench 1', BOARDS).id, '1');
    const message = '2 boards go by "tag:lab": say which by bench 1 or dc:a6:32:00:00:02';
    assert.throws(() => findBoard('tag:lab', BOARDS), { name: 'UserError', message });
  });
});
