import { deepEqual, equal, match } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startUpdateServer } from '../board/update-server.ts';
import { makeBoxes } from '../images/image-sets.ts';

/** Bugs that come at a signal: a module that is loaded into the command beside its own. */
const BUGS = `
  process.on('SIGUSR2', () => void Promise.reject(new TypeError('nobody waits for this')));
  process.on('SIGWINCH', () => { throw new RangeError('nobody catches this'); });
`;

suite('a bug that nobody catches', () => {
  test('is logged with its stack, and ends nothing', { timeout: 30_000 }, async () => {
    await using boxes = await makeBoxes();
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(BUGS)}` };
    await using server = await startUpdateServer({ imagePath: boxes.root, env });
    const bugs = () => server.lines().filter((line) => line.includes(' bug: '));
    for (const [index, signal] of (['SIGUSR2', 'SIGWINCH'] as const).entries()) {
      process.kill(server.pid, signal);
      while (bugs().length <= index) await pause(10);
    }
    match(bugs()[0] ?? '', / bug: TypeError: nobody waits for this \| at /);
    match(bugs()[1] ?? '', / bug: RangeError: nobody catches this \| at /);
    equal((await fetch(`${server.url}/list`)).status, 200);
    deepEqual(await server.stop(), { status: 0, signal: null });
  });
});
