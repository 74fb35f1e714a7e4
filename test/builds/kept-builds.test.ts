import { deepEqual, equal, match, notEqual, ok, rejects } from 'node:assert/strict';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import {
  chmod,
  constants,
  copyFile,
  cp,
  mkdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { suite, test } from 'node:test';
import { copySet } from '../../src/builds/copy-set.ts';
import { goneName } from '../../src/builds/passing-folder.ts';
import { SET_FILES } from '../../src/images/image-name.ts';
import { openImageSet } from '../../src/images/image-set.ts';
import { asNobody } from '../as-nobody.ts';
import { BUILD_A, BUILD_B, makeOld } from '../images/image-sets.ts';
import { beforeLong } from '../until.ts';
import { IMAGE_ID, imageIn, makeBench, verdictOf } from './kept.ts';

const A = { imageId: IMAGE_ID, buildId: BUILD_A };
const ANNA = { by: 'Anna', atMs: 1_000 };
const B = { imageId: IMAGE_ID, buildId: BUILD_B };

suite('a build that is kept', () => {
  test('is there when the next one has overwritten it, whole, and after a restart', async () => {
    await using bench = await makeBench();
    const builds = await bench.open();
    const image = await bench.build(BUILD_A);
    const { zst } = bench.written;
    equal(await builds.keep(image), 'kept');
    await bench.build(BUILD_B);
    for (const known of [builds, await bench.open()]) {
      const build = known.find(A);
      ok(build !== undefined);
      equal(await verdictOf(build), 'right');
      deepEqual(await readFile(path.join(build.folder, 'box-pi.img.zst')), zst);
      const set = await openImageSet(build);
      ok('buildId' in set && set.buildId === BUILD_A);
      await set.close();
    }
    deepEqual(bench.messages, []);
    deepEqual(await bench.content(), [
      'box',
      'box/box-pi',
      `box/box-pi/${BUILD_A}`,
      ...Object.values(SET_FILES)
        .map((suffix) => `box/box-pi/${BUILD_A}/box-pi${suffix}`)
        .sort(),
    ]);
  });

  test('shares no file with the one that is served, and has its times', async () => {
    await using bench = await makeBench();
    const builds = await bench.open();
    await bench.build(BUILD_A);
    await makeOld(bench.written.file('.img.zst'));
    const served = await stat(bench.written.file('.img.zst'));
    await builds.keep(await imageIn(bench.catalog));
    const kept = await stat(path.join(bench.folder, 'box', 'box-pi', BUILD_A, 'box-pi.img.zst'));
    deepEqual([kept.nlink, kept.mtimeMs], [1, served.mtimeMs]);
    notEqual(kept.ino, served.ino);
    deepEqual(await stat(bench.written.file('.img.zst')).then(({ ctimeMs }) => ctimeMs), served.ctimeMs);
  });

  test('is not kept twice, but moves to the front', async () => {
    await using bench = await makeBench();
    const builds = await bench.open();
    await builds.keep(await bench.build(BUILD_A));
    await builds.keep(await bench.build(BUILD_B));
    deepEqual(
      builds.of(IMAGE_ID).map(({ buildId }) => buildId),
      [BUILD_B, BUILD_A],
    );
    equal(await builds.keep(await bench.build(BUILD_A)), 'kept already');
    deepEqual(
      builds.of(IMAGE_ID).map(({ buildId }) => buildId),
      [BUILD_A, BUILD_B],
    );
  });

  test('is kept again where its copy is not whole', async () => {
    await using bench = await makeBench();
    const builds = await bench.open();
    const image = await bench.build(BUILD_A);
    await builds.keep(image);
    await rm(path.join(bench.folder, 'box', 'box-pi', BUILD_A, 'box-pi.img.sha256'));
    await builds.refresh();
    equal(builds.find(A)?.state.kind, 'incomplete');
    equal(await builds.keep(image), 'kept');
    equal(builds.find(A)?.state.kind, 'ready');
  });

  test('is found damaged by the check of every set', async () => {
    await using bench = await makeBench();
    const builds = await bench.open();
    await builds.keep(await bench.build(BUILD_A));
    appendFileSync(path.join(bench.folder, 'box', 'box-pi', BUILD_A, 'box-pi.img.zst'), 'x');
    await builds.refresh();
    const build = builds.find(A);
    ok(build !== undefined);
    equal(await verdictOf(build), 'wrong');
  });

  test('goes when it is removed, and what is open of it is whole', async () => {
    await using bench = await makeBench();
    const builds = await bench.open();
    await builds.keep(await bench.build(BUILD_A));
    const build = builds.find(A);
    const set = build && (await openImageSet(build));
    ok(set !== undefined && 'zst' in set);
    await builds.remove(A);
    deepEqual([builds.list, await bench.content()], [[], ['box', 'box/box-pi']]);
    ok(await set.zst.isUnchanged());
    deepEqual(await set.zst.readAll(1e6), bench.written.zst);
    await set.close();
    equal(builds.find(A), undefined);
  });

  test('goes though an earlier try to remove it did not come to its end', async () => {
    await using bench = await makeBench();
    const builds = await bench.open();
    await builds.keep(await bench.build(BUILD_A));
    await mkdir(path.join(bench.folder, 'box', 'box-pi', goneName(BUILD_A), 'left'), { recursive: true });
    await builds.remove(A);
    deepEqual([builds.list, await bench.content()], [[], ['box', 'box/box-pi']]);
  });

  test("is known though another box's folder can't be read, in which what was known stands", async () => {
    await using bench = await makeBench();
    const builds = await bench.open();
    await builds.keep(await bench.build(BUILD_A));
    const [box, closed] = ['box', 'closed'].map((name) => path.join(bench.folder, name)) as [string, string];
    await cp(box, closed, { recursive: true });
    const other = { imageId: 'closed/box-pi', buildId: BUILD_A };
    await builds.refresh();
    ok(builds.find(other) !== undefined);
    await chmod(bench.boxes.beside(), 0o755);
    for (const folder of [bench.folder, ...(await bench.content()).map((name) => path.join(bench.folder, name))]) {
      if ((await stat(folder)).isDirectory()) await chmod(folder, 0o755);
    }
    await chmod(closed, 0o700);
    await asNobody(async () => {
      const start = await bench.open();
      ok(start.find(A) !== undefined);
      equal(start.find(other), undefined);
      match(bench.messages.join(), /^can't read the builds kept in \S+\/closed \(EACCES, permission denied\)$/);
      await builds.refresh();
      ok(builds.find(A) !== undefined && builds.find(other) !== undefined);
    });
  });
});

suite('a build is not kept', () => {
  test('that is no longer the one that was seen', async () => {
    await using bench = await makeBench();
    const builds = await bench.open();
    const image = await bench.build(BUILD_A);
    await bench.build(BUILD_B);
    equal(await builds.keep(image), 'changed');
    deepEqual(builds.list, []);
  });

  test('that is written to while it is copied', async () => {
    await using bench = await makeBench();
    const builds = await bench.open();
    const image = await bench.build(BUILD_A);
    const result = await builds.keep(image, async () => appendFileSync(bench.written.file('.img.zst'), 'x'));
    equal(result, 'changed');
    deepEqual(await bench.content(), ['box', 'box/box-pi']);
  });

  test('when whoever asked for it no longer wants that; nothing is left', async () => {
    await using bench = await makeBench();
    const builds = await bench.open();
    const image = await bench.build(BUILD_A);
    const stop = async () => {
      throw new Error('stopped');
    };
    await rejects(builds.keep(image, stop), /stopped/);
    deepEqual(await bench.content(), ['box', 'box/box-pi']);
    equal(await builds.keep(image), 'kept');
  });

  test('of which nothing was kept is not served', async () => {
    await using bench = await makeBench();
    const builds = await bench.open();
    await bench.build(BUILD_A);
    await rejects(builds.serveAgain(A, ANNA), /no build aaaaaaa of box\/box-pi is kept/);
  });
});

suite('a copy', () => {
  test('is made only where it leaves as much room as it is to, or takes none', async () => {
    await using bench = await makeBench();
    const set = await openImageSet(await bench.build(BUILD_A));
    ok('zst' in set);
    const clone = bench.boxes.beside('clone');
    const canClone = await copyFile(set.zst.path, clone, constants.COPYFILE_FICLONE_FORCE).then(
      () => true,
      () => false,
    );
    const target = bench.boxes.beside('copy');
    equal(await copySet(set, target, { leaves: Number.MAX_SAFE_INTEGER }), canClone ? 'copied' : 'no room');
    await set.close();
  });
});

suite('where builds are kept', () => {
  test('what others lay there is no build, and stays', async () => {
    await using bench = await makeBench();
    const image = path.join(bench.folder, 'box', 'box-pi');
    await mkdir(path.join(image, 'notes'), { recursive: true });
    await mkdir(path.join(bench.folder, '.hidden'));
    await writeFile(path.join(image, BUILD_A), 'a file');
    await symlink('nowhere', path.join(image, BUILD_B));
    const builds = await bench.open();
    deepEqual(builds.list, []);
    deepEqual((await bench.content()).length, 6);
  });

  test('what a process left that was killed goes at the next start; what one makes stays', async () => {
    await using bench = await makeBench();
    const image = path.join(bench.folder, 'box', 'box-pi');
    const dead = 2 ** 22 + 1; // more than any process's number is (PID_MAX_LIMIT, proc(5))
    for (const left of [`.${BUILD_A}.${dead}.part`, `.${BUILD_B}.${dead}.gone`, `.${BUILD_A}.${process.ppid}.part`]) {
      await mkdir(path.join(image, left), { recursive: true });
      await writeFile(path.join(image, left, 'box-pi.img.zst'), 'x');
    }
    const builds = await bench.open();
    deepEqual(builds.list, []);
    const left = (await bench.content()).filter((name) => name.endsWith('.zst'));
    deepEqual(left, [`box/box-pi/.${BUILD_A}.${process.ppid}.part/box-pi.img.zst`]);
  });

  test('a folder that can not be read keeps nothing, and says so', async () => {
    await using bench = await makeBench();
    await writeFile(bench.folder, 'a file');
    const builds = await bench.open();
    deepEqual(builds.list, []);
    await rejects(builds.keep(await bench.build(BUILD_A)), { code: 'ENOTDIR' });
  });
});

suite('an earlier build that is served in place of the newest', () => {
  test('stands for its image until the newest is served again, over restarts', async () => {
    await using bench = await makeBench();
    const builds = await bench.open();
    await builds.keep(await bench.build(BUILD_A));
    const newest = await bench.build(BUILD_B);
    equal(builds.published(newest), newest);
    await builds.serveAgain(A, ANNA);
    for (const known of [builds, await bench.open()]) {
      const served = known.published(newest);
      equal(served.state.kind === 'ready' && served.state.buildId, BUILD_A);
      deepEqual(served.inPlaceOf, { newest, choice: { image: IMAGE_ID, build: BUILD_A, ...ANNA } });
      equal(known.published(newest), served, 'is the same value as long as nothing changes');
    }
    await rejects(builds.remove(A), /is served in place of the newest of box\/box-pi: serve the newest first/);
    await builds.serveNewest(IMAGE_ID);
    for (const known of [builds, await bench.open()]) equal(known.published(newest), newest);
    await builds.remove(A);
    deepEqual(builds.list, []);
  });

  test('is known to all who share the file, and none of them loses what another one chose', async () => {
    await using bench = await makeBench();
    const [one, other] = [await bench.open(), await bench.open()];
    await one.keep(await bench.build(BUILD_A));
    await other.refresh();
    const more = { imageId: 'box/more', buildId: BUILD_B };
    const file = path.join(bench.folder, 'choices.json');
    await one.serveAgain(A, ANNA);
    const { choices } = JSON.parse(await readFile(file, 'utf8'));
    const added = [...choices, { by: 'Ben', atMs: 2, image: more.imageId, build: more.buildId }];
    await writeFile(file, JSON.stringify({ format: 1, choices: added }));
    await rejects(other.remove(A), /is served in place of the newest/);
    await other.serveNewest(IMAGE_ID);
    await one.refresh();
    for (const known of [one, other, await bench.open()]) {
      deepEqual([known.choiceOf(IMAGE_ID), known.choiceOf(more.imageId)?.by], [undefined, 'Ben']);
    }
  });

  test('is chosen by many at the same moment, each for another image, and no choice is lost', async () => {
    await using bench = await makeBench();
    const first = await bench.open();
    await first.keep(await bench.build(BUILD_A));
    const images = Array.from({ length: 8 }, (_, index) => ({ imageId: `box/box-pi${index}`, buildId: BUILD_A }));
    for (const { imageId } of images) {
      const folder = path.join(bench.folder, imageId, BUILD_A);
      await cp(path.join(bench.folder, IMAGE_ID, BUILD_A), folder, { recursive: true });
    }
    const windows = await Promise.all(images.map(() => bench.open()));
    await Promise.all(images.map((name, index) => windows[index]?.serveAgain(name, ANNA)));
    const seen = await bench.open();
    for (const { imageId } of images) equal(seen.choiceOf(imageId)?.build, BUILD_A, imageId);
    await Promise.all(images.map(({ imageId }, index) => windows[index]?.serveNewest(imageId)));
    await first.refresh();
    for (const { imageId } of images) equal(first.choiceOf(imageId), undefined, imageId);
    ok(!(await bench.content()).some((file) => file.startsWith('.')));
  });

  test('is missing, and not replaced by the newest, when someone removed its files', async () => {
    await using bench = await makeBench();
    const builds = await bench.open();
    await builds.keep(await bench.build(BUILD_A));
    await builds.serveAgain(A, ANNA);
    await rm(path.join(bench.folder, 'box'), { recursive: true });
    const newest = await bench.build(BUILD_B);
    await builds.refresh();
    for (const known of [builds, await bench.open()]) {
      const served = known.published(newest);
      deepEqual(served.state, { kind: 'incomplete', fault: { file: 'box-pi.img.zst', problem: 'missing' } });
    }
  });

  test('is not made or taken back where the file of choices can not be read, so that none in it is lost', async () => {
    await using bench = await makeBench();
    const builds = await bench.open();
    await builds.keep(await bench.build(BUILD_A));
    await builds.serveAgain(A, ANNA);
    const file = path.join(bench.folder, 'choices.json');
    const text = await readFile(file, 'utf8');
    await chmod(bench.boxes.beside(), 0o755);
    await chmod(bench.folder, 0o777);
    await chmod(file, 0o000);
    await asNobody(async () => {
      const start = await bench.open();
      match(
        bench.messages.join(),
        /can't read which builds to serve again from .*choices\.json \(EACCES, permission denied\)/,
      );
      for (const act of [start.serveAgain(A, ANNA), start.serveNewest(IMAGE_ID), start.remove(A)]) {
        await rejects(act, { code: 'EACCES' });
      }
    });
    equal(await readFile(file, 'utf8'), text);
    await chmod(file, 0o600);
    const next = await bench.open();
    deepEqual([next.choiceOf(IMAGE_ID)?.build, next.find(A)?.state.kind], [BUILD_A, 'ready']);
  });

  test('is made by itself once the file of choices can be read again, which is told once', async (t) => {
    await using bench = await makeBench();
    const builds = await bench.open();
    await builds.keep(await bench.build(BUILD_A));
    await builds.serveAgain(A, ANNA);
    const file = path.join(bench.folder, 'choices.json');
    await rename(file, `${file}.aside`);
    await mkdir(file); // which can't be read as a file, by root neither
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const start = await bench.open();
    equal(start.choiceOf(IMAGE_ID), undefined);
    t.mock.timers.tick(60_000);
    await start.refresh();
    equal(bench.messages.length, 1);
    await rm(file, { recursive: true });
    await rename(`${file}.aside`, file);
    const changed = once(start.events, 'changed', { signal: beforeLong() });
    t.mock.timers.tick(60_000);
    await changed;
    equal(start.choiceOf(IMAGE_ID)?.build, BUILD_A);
  });

  test('is known as far as its file is whole, also where the disk refuses what is whole of it', async () => {
    await using bench = await makeBench();
    await mkdir(bench.folder);
    const file = path.join(bench.folder, 'choices.json');
    const whole = { image: IMAGE_ID, build: BUILD_A, by: 'Anna', atMs: 1 };
    const text = JSON.stringify({ format: 1, choices: [whole, null] });
    await writeFile(file, text);
    const inTheWay = `${file}.${process.pid}.part`;
    await mkdir(path.join(inTheWay, 'of others'), { recursive: true });
    const builds = await bench.open();
    await builds.refresh();
    equal(builds.choiceOf(IMAGE_ID)?.build, BUILD_A, 'boards do not get the newest meanwhile');
    equal(await readFile(file, 'utf8'), text);
    deepEqual(
      (await bench.content()).filter((name) => name.includes('damaged')),
      [],
    );
    match(bench.messages.join(), /choices\.json, .* is damaged, and can't be set aside/);
    await rm(inTheWay, { recursive: true });
    equal((await bench.open()).choiceOf(IMAGE_ID)?.build, BUILD_A);
    equal((await bench.content()).filter((name) => name.includes('damaged')).length, 1);
  });

  for (const [what, text, kept] of [
    ['no JSON', '{"format":1,"choi', 0],
    ['of another format', '{"format":2,"choices":[]}', 0],
    [
      'valid in parts',
      `{"format":1,"choices":[{"image":"../x","build":"${BUILD_A}","by":"Anna","atMs":1},{"image":"${IMAGE_ID}","build":"${BUILD_A}","by":"Anna","atMs":1}]}`,
      1,
    ],
  ] as const) {
    test(`is known as far as its file is whole: one that is ${what} is set aside, and told`, async () => {
      await using bench = await makeBench();
      await mkdir(bench.folder);
      await writeFile(path.join(bench.folder, 'choices.json'), text);
      equal((await bench.open()).choiceOf(IMAGE_ID) === undefined ? 0 : 1, kept);
      match(
        bench.messages.join(),
        /choices\.json, .* is damaged: it was set aside as .*; check what each image serves/,
      );
      equal((await bench.open()).choiceOf(IMAGE_ID) === undefined ? 0 : 1, kept, 'the next start knows the same');
      equal(bench.messages.length, 1);
      equal((await bench.content()).filter((name) => name.includes('damaged')).length, 1);
      equal((await bench.open()).choiceOf(B.imageId)?.build, kept === 1 ? BUILD_A : undefined);
    });
  }
});
