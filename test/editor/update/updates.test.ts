import { deepEqual, equal, rejects } from 'node:assert/strict';
import { once } from 'node:events';
import { suite, test } from 'node:test';
import { Updates, WINDOW_CLOSES } from '../../../src/editor/update/updates.ts';

suite('the updates of a window', () => {
  test('are known while they run, however they end', async () => {
    const updates = new Updates();
    const running = updates.run('a', async () => updates.has('a'));
    equal(await running, true);
    equal(updates.has('a'), false);
    await rejects(
      updates.run('b', () => Promise.reject(new Error('no room'))),
      /no room/,
    );
    equal(updates.has('b'), false);
  });

  test('are told when the window closes, which waits for what they put back', async () => {
    const updates = new Updates();
    const told: unknown[] = [];
    const update = async (closing: AbortSignal) => {
      await once(closing, 'abort');
      told.push(closing.reason);
      await new Promise(setImmediate);
      told.push('put back');
    };
    const running = updates.run('a', update);
    await updates.close();
    deepEqual(told, [WINDOW_CLOSES, 'put back']);
    await running;
  });
});
