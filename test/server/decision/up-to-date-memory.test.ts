import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { UpToDateMemory } from '../../../src/server/decision/up-to-date-memory.ts';
import { UP_TO_DATE_AGE_MS, UP_TO_DATE_RENEWED_MS } from '../../../src/server/limits.ts';

const FOUND = { asked: { kind: 'update' }, servedBuildId: 'a'.repeat(64) } as const;

suite('what was up to date a moment ago', () => {
  test('is known, but one of those that ask later looks again', (t) => {
    let nowMs = performance.now();
    t.mock.method(performance, 'now', () => nowMs);
    const memory = new UpToDateMemory();
    memory.remember('/update', FOUND);
    deepEqual({ ...memory.recall('/update') }, { ...FOUND, resolution: undefined });
    nowMs += UP_TO_DATE_RENEWED_MS;
    equal(memory.recall('/update'), undefined);
    equal(memory.recall('/update')?.servedBuildId, FOUND.servedBuildId);
    nowMs += UP_TO_DATE_AGE_MS - UP_TO_DATE_RENEWED_MS;
    equal(memory.recall('/update'), undefined);
    equal(memory.recall('/update'), undefined);
  });

  test('is forgotten when what is served changes', () => {
    const memory = new UpToDateMemory();
    memory.remember('/update', FOUND);
    memory.forget();
    equal(memory.recall('/update'), undefined);
  });

  test('is not known that was decided before that, and found after it', () => {
    const memory = new UpToDateMemory();
    const { changes } = memory;
    memory.forget();
    memory.remember('/update', FOUND, changes);
    equal(memory.recall('/update'), undefined);
  });
});
