import { deepEqual, equal, rejects } from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { suite, test } from 'node:test';
import { untilCancelled } from '../../src/editor/until-cancelled.ts';

/** Someone who can cancel, and what the editor hands over for that. */
function someone() {
  const user = new EventEmitter();
  const onCancellationRequested = (listener: (event: unknown) => unknown) => {
    user.on('cancel', listener);
    return { dispose: () => user.off('cancel', listener) };
  };
  return { user, token: { isCancellationRequested: false, onCancellationRequested } };
}

suite('what can be cancelled', () => {
  test('is aborted while it runs, and has no result then', async () => {
    const { user, token } = someone();
    const acting = untilCancelled(token, async (signal) => {
      await once(signal, 'abort');
      signal.throwIfAborted();
    });
    await new Promise(setImmediate);
    user.emit('cancel');
    equal(await acting, undefined);
  });

  test('is aborted as well when what it belongs to closes', async () => {
    const { token } = someone();
    const closing = new AbortController();
    const why = new Error('closed');
    const reasons: unknown[] = [];
    const acting = untilCancelled(
      token,
      async (signal) => {
        await once(signal, 'abort');
        reasons.push(signal.reason);
        signal.throwIfAborted();
      },
      closing.signal,
    );
    closing.abort(why);
    deepEqual([await acting, reasons], [undefined, [why]]);
  });

  test('has its result when it ends by itself, and is left alone afterwards', async () => {
    const { user, token } = someone();
    const signals: AbortSignal[] = [];
    const result = await untilCancelled(token, async (signal) => {
      signals.push(signal);
      return 'done';
    });
    user.emit('cancel');
    deepEqual([result, signals.map(({ aborted }) => aborted), user.listenerCount('cancel')], ['done', [false], 0]);
  });

  test('has its result also where it was cancelled too late', async () => {
    const { user, token } = someone();
    equal(await untilCancelled(token, async () => user.emit('cancel')), true);
  });

  test('fails by itself', async () => {
    const { token } = someone();
    await rejects(
      untilCancelled(token, () => Promise.reject(new Error('no room'))),
      /no room/,
    );
  });
});
