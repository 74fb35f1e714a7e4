import { deepEqual } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { flowLimits } from '../../../src/editor/serving/flow-limits.ts';

const setting = (value: number) => ({ get: () => value, onDidChange: () => ({ dispose() {} }) });

suite('how much goes out at once', () => {
  const cases: readonly [megabytes: number, bytes: number | undefined][] = [
    [0, undefined],
    [12.5, 12_500_000],
    [0.001, 1_000],
    [0.0005, 1_000],
    [1e-12, 1_000],
  ];
  for (const [megabytes, rateLimit] of cases) {
    test(`is ${rateLimit ?? 'any number of'} bytes per second for ${megabytes}`, () => {
      deepEqual(flowLimits({ rateLimit: setting(megabytes), maxTransfers: setting(0) }), {
        rateLimit,
        maxTransfers: undefined,
      });
    });
  }

  test('is so many images as are set', () => {
    deepEqual(flowLimits({ rateLimit: setting(0), maxTransfers: setting(3) }), {
      rateLimit: undefined,
      maxTransfers: 3,
    });
  });
});
