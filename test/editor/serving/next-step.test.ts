import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type Now, nextStep, stateOf, type Wanted } from '../../../src/editor/serving/next-step.ts';

const endpoint = { host: '127.0.0.1', port: 8080, url: 'http://127.0.0.1:8080', onNetwork: false };
const ALL: Wanted = { mode: { kind: 'all' }, order: 1, run: 1 };
const ONCE: Wanted = { mode: { kind: 'once', only: 'linux-box/a' }, order: 2, run: 1 };
const RESTARTED: Wanted = { ...ALL, run: 2 };
const running = { ...ALL, server: 'the server', asked: endpoint, endpoint };
const failure = { kind: 'no such address', host: '192.0.2.7' } as const;

const NOW = {
  stopped: { kind: 'stopped' },
  starting: { kind: 'starting' },
  serving: { kind: 'serving', ...running },
  draining: { kind: 'draining', next: 'stopped', ...running },
  failed: { kind: 'failed', wanted: ALL, failure },
} as const satisfies Record<string, Now<string>>;

suite('the next step of the server', () => {
  const rows = [
    ['stopped', 'nothing', undefined, 'none'],
    ['stopped', 'all', ALL, 'start'],
    ['starting', 'nothing', undefined, 'rest'],
    ['starting', 'something else', ONCE, 'start'],
    ['serving', 'nothing', undefined, 'drain'],
    ['serving', 'the same', ALL, 'none'],
    ['serving', 'one update', ONCE, 'arm'],
    ['serving', 'another run', RESTARTED, 'drain'],
    ['draining', 'nothing', undefined, 'wait'],
    ['draining', 'all', ALL, 'wait'],
    ['failed', 'nothing', undefined, 'rest'],
    ['failed', 'the same', ALL, 'none'],
    ['failed', 'one update', ONCE, 'start'],
    ['failed', 'another run', RESTARTED, 'start'],
  ] as const;
  for (const [now, what, wanted, step] of rows) {
    test(`${now}, and ${what} is wanted: ${step}`, () => equal(nextStep(NOW[now], wanted).kind, step));
  }
});

suite('what is told of the server', () => {
  test('names the one image of a one-shot', () => {
    const state = { kind: 'one-shot', endpoint, only: 'linux-box/a' } as const;
    deepEqual(stateOf({ ...NOW.serving, ...ONCE }), state);
  });
  test('keeps the server and its orders to itself', () => {
    deepEqual(Object.values(NOW).map(stateOf), [
      { kind: 'stopped' },
      { kind: 'starting' },
      { kind: 'serving', endpoint },
      { kind: 'draining', endpoint, next: 'stopped' },
      { kind: 'failed', failure },
    ]);
  });
});
