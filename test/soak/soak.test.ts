import { deepEqual, ok } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { soak } from '../../bench/soak/soak.ts';

/** `npm run soak` goes on for half an hour; this is to see that it would find something, and that nothing is badly wrong. */
const SECONDS = 36;

suite('boards, builds, cuts, slow lines, reloads and restarts together', () => {
  test('leave no wrong disk, no board without an answer, and nothing open', { timeout: 180_000 }, async () => {
    const report = await soak({ seconds: SECONDS, restarts: true, reloads: true });
    deepEqual(report.faults, []);
    const { image = 0, broken = 0 } = report.asked;
    ok(
      report.flashed > 5 && image > 10 && broken > 5 && report.restarts > 0 && report.reloads > 5,
      JSON.stringify(report),
    );
  });
});
