import { deepEqual } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isAtRest, type ServingState } from '../../../src/editor/serving-state.ts';

const endpoint = { host: '127.0.0.1', port: 8080, url: 'http://127.0.0.1:8080', onNetwork: false };

suite('serving', () => {
  test('is at rest once it failed or was stopped: an old message can have it begin, and cut no board off', () => {
    const states: readonly ServingState[] = [
      { kind: 'stopped' },
      { kind: 'failed', failure: { kind: 'no such address', host: '10.0.0.1' } },
      { kind: 'starting' },
      { kind: 'serving', endpoint },
      { kind: 'one-shot', endpoint },
      { kind: 'draining', endpoint, next: 'stopped' },
    ];
    deepEqual(states.map(isAtRest), [true, true, false, false, false, false]);
  });
});
