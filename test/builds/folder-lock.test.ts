import { deepEqual, equal, rejects } from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, rmdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { lockFolder } from '../../src/builds/folder-lock.ts';
import { unlessBug } from '../../src/errors.ts';
import { moduleAt } from './doomed.ts';

suite('the lock of a folder', () => {
  let above: string;
  before(async () => {
    above = await mkdtemp(path.join(tmpdir(), 'mkbox-lock-'));
  });
  after(() => rm(above, { recursive: true }));

  test('is held by one at a time, whoever comes when, and leaves nothing', async () => {
    const folder = path.join(above, 'many');
    let holders = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        await setTimeout(Math.random() * 20);
        await using _ = await lockFolder(folder);
        most = Math.max(most, ++holders);
        await setTimeout(Math.random() * 5);
        holders--;
      }),
    );
    deepEqual([most, await readdir(above)], [1, []]);
  });

  test('is held though others remove the folder at any moment', async () => {
    const folder = path.join(above, 'removed');
    let isOver = false;
    // others come and go, and the last one removes the folder
    const others = Array.from({ length: 6 }, async () => {
      while (!isOver) {
        await mkdir(folder).catch(() => {});
        await rmdir(folder).catch(() => {});
        await setTimeout(Math.random());
      }
    });
    try {
      for (let time = 0; time < 100; time++) {
        await using lock = await lockFolder(folder);
        await lock.requireHeld();
      }
    } finally {
      isOver = true;
      await Promise.all(others);
    }
  });

  test('is not held by the dead', async () => {
    const folder = path.join(above, 'dead');
    let name = '';
    {
      await using _ = await lockFolder(folder);
      [name = ''] = await readdir(folder);
    }
    await mkdir(folder);
    const dead = name.replace(`.${process.pid}.`, `.${2 ** 22 + 1}.`); // above any process's number (PID_MAX_LIMIT, proc(5))
    await writeFile(path.join(folder, dead), '');
    let hasWaited = false;
    const onWait = () => {
      hasWaited = true;
    };
    await using _ = await lockFolder(folder, undefined, onWait);
    equal(hasWaited, false);
  });

  const [bootId, otherBoot] = ['/proc/sys/kernel/random/boot_id', 'other-boot'];
  const asOther = `echo other > "$0" && mount --bind "$0" ${bootId} && exec "$@"`;
  const unshared = (...command: string[]) => ['-Urm', 'sh', '-c', asOther, path.join(above, otherBoot), ...command];

  test('is held by a process of a machine that has the same name', async (t) => {
    if (spawnSync('unshare', unshared('true')).status !== 0) return t.skip('no namespaces here');
    const folder = path.join(above, 'shared');
    const text = `import(${moduleAt('builds/folder-lock.ts')}).then(({ lockFolder }) => lockFolder(${JSON.stringify(folder)}))`;
    const child = spawn('unshare', unshared(process.execPath, '-e', `${text}.then(() => console.log('locked'))`));
    await once(child.stdout, 'data');
    const [ticket = ''] = await readdir(folder);
    child.kill('SIGKILL');
    await once(child, 'close');
    // its number is that of no process here, as on any other machine, but it shows that it is alive
    const beat = setInterval(() => utimes(path.join(folder, ticket), new Date(), new Date()).catch(unlessBug), 100);
    const stop = new AbortController();
    const reason = new Error('waits');
    try {
      await rejects(
        lockFolder(folder, stop.signal, () => stop.abort(reason)).then((lock) => lock[Symbol.asyncDispose]()),
        reason,
      );
    } finally {
      clearInterval(beat);
      await rm(path.join(above, otherBoot));
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('is waited for until someone wants that no longer', async () => {
    const folder = path.join(above, 'stopped');
    await using _ = await lockFolder(folder);
    const stop = new AbortController();
    const reason = new Error('stopped');
    await rejects(
      lockFolder(folder, stop.signal, () => stop.abort(reason)),
      reason,
    );
    equal((await readdir(folder)).length, 1);
  });

  test('is given to nobody while a ticket can not be looked at, which stays', async () => {
    const folder = path.join(above, 'unreadable');
    const ticket = 'ticket.1.1.abc.def';
    await mkdir(folder);
    await symlink(ticket, path.join(folder, ticket)); // a loop
    await rejects(lockFolder(folder), { code: 'ELOOP' });
    deepEqual(await readdir(folder), [ticket]);
  });

  test('is not held by who was taken for dead while waiting, but waited for again', async () => {
    const folder = path.join(above, 'passed over');
    const holder = await lockFolder(folder);
    let holders = 0;
    let most = 0;
    const waiters: Promise<void>[] = [];
    for (let waiter = 0; waiter < 2; waiter++) {
      const waits = Promise.withResolvers<void>();
      const wait = async () => {
        await using lock = await lockFolder(folder, undefined, waits.resolve);
        most = Math.max(most, ++holders);
        equal(await lock.isHeld(), true);
        await setTimeout(250); // longer than until the other one looks again
        holders--;
      };
      waiters.push(wait());
      await waits.promise;
    }
    const [, second = ''] = (await readdir(folder)).sort();
    await rm(path.join(folder, second));
    await holder[Symbol.asyncDispose]();
    await Promise.all(waiters);
    equal(most, 1);
  });

  test('is known to be lost', async () => {
    const folder = path.join(above, 'lost');
    await using lock = await lockFolder(folder);
    await lock.requireHeld();
    equal(await lock.isHeld(), true);
    await utimes(folder, 0, 0);
    for (const name of await readdir(folder)) await rm(path.join(folder, name));
    equal(await lock.isHeld(), false);
    await rejects(lock.requireHeld(), /was stopped for so long that another one took its place/);
  });
});
