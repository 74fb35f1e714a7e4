import { deepEqual } from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { abortOn } from '../../src/editor/abort-on.ts';

test('a cancelled command aborts what it began, and one that is over nothing', () => {
  const user = new EventEmitter();
  const onCancellationRequested = (listener: (event: unknown) => unknown) => {
    user.on('cancel', listener);
    return { dispose: () => user.off('cancel', listener) };
  };
  const token = { isCancellationRequested: false, onCancellationRequested };
  const running = abortOn(token);
  const over = abortOn(token);
  over[Symbol.dispose]();
  user.emit('cancel');
  deepEqual([running.signal.aborted, over.signal.aborted], [true, false]);
});
