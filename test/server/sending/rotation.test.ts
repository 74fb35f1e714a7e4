import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Rotation } from '../../../src/server/sending/rotation.ts';

/** `a1 b1 a2`: items of clients a and b, in the order they came. */
function rotation(items: string): Rotation<string> {
  const made = new Rotation<string>();
  for (const item of items.split(' ')) made.add(item.slice(0, 1), item);
  return made;
}

/** All that wait, as they are served. */
function served(waiting: Rotation<string>): string {
  const items: string[] = [];
  for (let item = waiting.next(); item !== undefined; item = waiting.next()) items.push(item);
  return items.join(' ');
}

describe('what waits', () => {
  const orders: Record<string, string> = {
    'a1 a2 a3': 'a1 a2 a3',
    'a1 b1 c1': 'a1 b1 c1',
    'a1 a2 a3 b1 c1 b2': 'a1 b1 c1 a2 b2 a3',
    'b1 a1 a2 a3 a4': 'b1 a1 a2 a3 a4',
  };
  for (const [came, expected] of Object.entries(orders)) {
    it(`as ${came} is served as ${expected}, and that is told before`, () => {
      assert.equal([...rotation(came)].join(' '), expected);
      assert.equal(served(rotation(came)), expected);
    });
  }

  it('of a client that had its turn comes after the others', () => {
    const waiting = rotation('a1 b1 c1');
    assert.equal(waiting.next(), 'a1');
    waiting.add('a', 'a2');
    assert.deepEqual([waiting.size, served(waiting), waiting.size], [3, 'b1 c1 a2', 0]);
  });

  it('may be taken out, once', () => {
    const waiting = rotation('a1 a2 b1 b2');
    assert.deepEqual(
      [waiting.remove('a', 'a1'), waiting.remove('a', 'a1'), waiting.remove('c', 'c1')],
      [true, false, false],
    );
    assert.deepEqual([waiting.remove('b', 'b1'), waiting.remove('b', 'b2')], [true, true]);
    assert.deepEqual([waiting.size, served(waiting)], [1, 'a2']);
  });

  it('yields the newest of who has the most, to who has less and would not have the most then', () => {
    const waiting = rotation('a1 a2 a3 b1');
    assert.deepEqual([waiting.yieldTo('a'), waiting.yieldTo('b'), waiting.yieldTo('b')], [undefined, 'a3', undefined]);
    assert.deepEqual([waiting.yieldTo('c'), waiting.yieldTo('c')], ['a2', undefined]);
    assert.deepEqual([waiting.size, served(waiting)], [2, 'a1 b1']);
    assert.equal(new Rotation<string>().yieldTo('a'), undefined);
  });
});
