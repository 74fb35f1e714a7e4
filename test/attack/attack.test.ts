import { deepEqual } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { attack } from '../../bench/attack/attack.ts';

/** `npm run bench:attack` goes on for longer, and measures how fast answers come. */
const SECONDS = 30;

suite('attacks of all kinds at once', { skip: process.platform !== 'linux' }, () => {
  test('keep no board from its update, and the server well', { timeout: 240_000 }, async () => {
    const { faults, ...report } = await attack({ seconds: SECONDS });
    deepEqual(faults, [], JSON.stringify(report));
  });
});
