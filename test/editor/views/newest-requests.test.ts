import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { LoggedRequest } from '../../../src/boards/logged-request.ts';
import { newestOf } from '../../../src/editor/views/newest-requests.ts';
import { request } from '../transfers.ts';

const before = (requests: readonly LoggedRequest[], newest: LoggedRequest) => newestOf([newest, ...requests]);
const ended = () => request({ kind: 'finished', result: 'list' });

suite('the requests that are remembered', () => {
  test('are all that run, and the 200 newest of those that ended', () => {
    const running = [request({ kind: 'running' }), request({ kind: 'running' })];
    const others = Array.from({ length: 300 }, ended);
    const remembered = [...running, ...others].reduce<readonly LoggedRequest[]>(before, []);
    equal(remembered.length, 202);
    deepEqual(remembered.slice(-2), running.toReversed());
    deepEqual(remembered.slice(0, 200), others.slice(-200).reverse());
  });

  test('are no longer those that ran, once they ended and 200 newer ones did', () => {
    const running = request({ kind: 'running' });
    const requests = [running, ...Array.from({ length: 300 }, ended)].reduce<readonly LoggedRequest[]>(before, []);
    running.end({ kind: 'finished', result: 'image' });
    equal(before(requests, ended()).includes(running), false);
  });
});
