import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { withNewest } from '../../../src/editor/views/newest-requests.ts';
import type { Transfer } from '../../../src/server/transfer.ts';
import { request } from '../transfers.ts';

const ended = () => request({ kind: 'finished', result: 'list' });

suite('the requests that are remembered', () => {
  test('are all that run, and the 200 newest of those that ended', () => {
    const running = [request({ kind: 'running' }), request({ kind: 'running' })];
    const others = Array.from({ length: 300 }, ended);
    const remembered = [...running, ...others].reduce<Transfer[]>(withNewest, []);
    equal(remembered.length, 202);
    deepEqual(remembered.slice(-2), running.toReversed());
    deepEqual(remembered.slice(0, 200), others.slice(-200).reverse());
  });

  test('are no longer those that ran, once they ended and 200 newer ones did', () => {
    const running = request({ kind: 'running' });
    const requests = [running, ...Array.from({ length: 300 }, ended)].reduce<Transfer[]>(withNewest, []);
    running.end({ kind: 'finished', result: 'image' });
    equal(withNewest(requests, ended()).includes(running), false);
  });
});
