import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startUpdateServer } from '../board/update-server.ts';
import { makeBoxes, writeSet } from '../images/image-sets.ts';
import { requireTools } from '../tools/tools.ts';
import { until } from '../until.ts';

const HANGING_DISK = fileURLToPath(new URL('hanging-disk.py', import.meta.url));

/** A program and its arguments, as one that runs them where the disk at `folder` can stop answering. */
function besideHangingDisk(folder: string): readonly string[] {
  return ['unshare', '-Urm', requireTools('python3').python3, HANGING_DISK, folder];
}

suite('a disk that does not answer', { skip: process.platform !== 'linux' }, () => {
  test('keeps no board waiting, nor what lies elsewhere from being served', async (t) => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'near', 'near-pi');
    await writeSet(boxes.root, 'far', 'far-pi');
    const wrapper = besideHangingDisk(boxes.at('far'));
    const [able = '', ...args] = [...wrapper, 'true'];
    if (spawnSync(able, args).status !== 0) return t.skip('no FUSE in namespaces here');

    await using server = await startUpdateServer({ imagePath: boxes.root, wrapper });
    const ask = async (path: string) => {
      const answer = await fetch(server.url + path);
      return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
    };
    const near = await ask('/update?name=near&board=pi');
    const far = await ask('/update?name=far&board=pi');
    deepEqual([near.status, far.status], [200, 200]);

    process.kill(server.pid, 'SIGUSR1');
    await until(async () => (await ask('/update?name=far&board=pi')).status === 503);
    const refused = await ask('/update?name=far&board=pi');
    equal(refused.body.toString(), 'the folder far could not be read (ETIMEDOUT, no answer came in time); try again\n');
    deepEqual(await ask('/update?name=near&board=pi'), near);
    equal((await ask('/status')).status, 200);
    ok(
      server.lines().some((line) => line.includes('/far cannot be read (ETIMEDOUT')),
      server.lines().join('\n'),
    );

    process.kill(server.pid, 'SIGUSR2');
    await until(async () => (await ask('/update?name=far&board=pi')).status === 200);
    deepEqual(await ask('/update?name=far&board=pi'), far);
  });
});
