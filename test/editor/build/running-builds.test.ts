import { deepEqual, match } from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Catalog } from '../../../src/images/catalog.ts';
import { until } from '../../until.ts';
import { startTask } from '../window.ts';

const { RunningBuilds } = await import('../../../src/editor/build/running-builds.ts');

/** Makes what is at `folder` something that no program can read, root neither: a link to itself (ELOOP). */
async function makeUnreadable(folder: string): Promise<void> {
  await rm(folder, { recursive: true });
  await symlink(folder, folder);
}

test('a build ends, though its folder can not be read before it, or after', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'mkbox-builds-'));
  const folder = path.join(root, 'box');
  const logged: unknown[] = [];
  const builds = new RunningBuilds({
    tasks: { wishOf: () => ({ boxbuild: path.join(folder, 'BOXBUILD'), board: 'qemu' }) },
    recipes: { in: () => undefined },
    project: { refresh: async () => {}, snapshot: new Catalog([]).snapshot },
    log: { error: (error: unknown) => logged.push(error) },
  });
  const ended: string[] = [];
  builds.onDidEnd(({ outcome }) => ended.push(outcome.kind));
  await mkdir(folder);
  const endFirst = startTask();
  await until(() => builds.all.length === 1);
  await makeUnreadable(folder);
  endFirst(0);
  await until(() => logged.length === 1);
  match(String(logged[0]), /ELOOP/);
  deepEqual(builds.all, []);

  const endSecond = startTask();
  await until(() => builds.all.length === 1);
  await rm(folder);
  await mkdir(folder);
  endSecond(1);
  await until(() => ended.length === 1);
  deepEqual([ended, builds.all], [['failed'], []]);
  builds.dispose();
  await rm(root, { recursive: true });
});
