import { ok } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { publishRace } from './publish-race.ts';

/** `npm run race` has 200, and boards with the real script. */
const PUBLICATIONS = 13;

/** There was a race only where boards flashed more than once. */
const FEWEST_FLASHES = 24;

suite('boards that boot while builds are published, kept, removed and served again', () => {
  test('flash whole builds only, each of which they were to get', { timeout: 360_000 }, async () => {
    const report = await publishRace({ publications: PUBLICATIONS, areReal: false });
    const { flashes, wentBack, cameBack, removed } = report;
    ok(flashes >= FEWEST_FLASHES && wentBack > 1 && cameBack > 1 && removed > 1, JSON.stringify(report));
  });
});
