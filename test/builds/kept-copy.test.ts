import { deepEqual, equal } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { suite, test } from 'node:test';
import { SET_FILES } from '../../src/images/image-name.ts';
import { BUILD_A } from '../images/image-sets.ts';
import { underMask } from '../under-mask.ts';
import { PROJECT_ROOT } from '../vscode/cache.ts';
import { makeBench } from './kept.ts';

suite('a build that a server keeps', () => {
  test('can be read by who keeps it alone, however open the image is', async () => {
    await using bench = await makeBench();
    const image = await bench.build(BUILD_A);
    await underMask(0, async () => (await bench.open()).keep(image));
    for (const suffix of Object.values(SET_FILES)) {
      const { mode } = await stat(path.join(bench.folder, 'box', 'box-pi', BUILD_A, `box-pi${suffix}`));
      equal((mode & 0o777).toString(8), '600', suffix);
    }
  });

  test("is in folders of the server's group, where one of that group keeps it for the server", {
    skip: process.geteuid?.() !== 0 && 'takes root, who gives files to others',
  }, async () => {
    await using bench = await makeBench();
    const image = await bench.build(BUILD_A);
    await mkdir(bench.folder, { recursive: true });
    for (const folder of [bench.boxes.beside(), bench.boxes.root, bench.boxes.at('box')]) await chmod(folder, 0o755);
    const [server, group, person] = [60_001, 60_010, 60_002];
    await chown(bench.folder, server, group);
    await chmod(bench.folder, 0o770);
    const module = path.join(PROJECT_ROOT, 'src/builds/kept-builds.ts');
    const script = `
      process.setgroups([${group}]);
      process.setgid(${person});
      process.setuid(${person});
      process.umask(0o022);
      const { KeptBuilds } = await import(${JSON.stringify(module)});
      const builds = await KeptBuilds.open(${JSON.stringify(bench.folder)}, console.error, 'others');
      const image = JSON.parse(process.argv[1], (_, value) => (/^\\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value));
      console.log(await builds.keep(image));`;
    const given = JSON.stringify(image, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script, given], {
      encoding: 'utf8',
    });
    equal(stderr, '');
    equal(stdout, 'kept\n');
    for (const folder of ['box', 'box/box-pi', `box/box-pi/${BUILD_A}`]) {
      const { uid, gid, mode } = await stat(path.join(bench.folder, folder));
      deepEqual([uid, gid, (mode & 0o777).toString(8)], [person, group, '770'], folder);
    }
  });
});
