import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, suite, test } from 'node:test';
import { publish } from '../../src/builds/publish.ts';
import { recoverBox } from '../../src/builds/publish-recovery.ts';
import { ImageChecks } from '../../src/checks/image-checks.ts';
import { SET_FILES } from '../../src/images/image-name.ts';
import { BUILD_A, BUILD_B } from '../images/image-sets.ts';
import { requireTools } from '../tools/tools.ts';
import { atEachStep, endedAt, fullAt, killedAt, moduleAt } from './doomed.ts';
import { type Bench, IMAGE_ID, imageIn, makeBench, makeBoth, verdictOf } from './kept.ts';

/** Who looks at all the images of these tests. */
const checks = new ImageChecks();
after(() => checks.close());

const A = { imageId: IMAGE_ID, buildId: BUILD_A };
const B = { imageId: IMAGE_ID, buildId: BUILD_B };

/** The steps of publishing: all else is done where nobody looks. */
const STEPS = ['rename'];

/** The steps of choosing. Who has a lock is a process: on a thread, it would go on living. */
const CHOOSING_STEPS = ['writeFile', 'open', 'rename', 'rm'];

/** A program that opens what is kept as `builds`, and the image as `image`, and does what `text` says. */
function program({ boxes, folder }: Bench, text: string): string {
  return `
    const { KeptBuilds } = await import(${moduleAt('builds/kept-builds.ts')});
    const { Catalog } = await import(${moduleAt('images/catalog.ts')});
    const builds = await KeptBuilds.open(${JSON.stringify(folder)}, () => {});
    const image = (await new Catalog([${JSON.stringify(boxes.root)}]).refresh()).images[0];
    ${text}`;
}

/** A program that publishes the set in `from` in the place of the one of the bench, and keeps that. */
function publishing(bench: Bench, from: string, setup = ''): string {
  return program(
    bench,
    `
    const { publish } = await import(${moduleAt('builds/publish.ts')});
    const { ImageChecks } = await import(${moduleAt('checks/image-checks.ts')});
    const checks = new ImageChecks();
    ${setup}
    const keep = async (former) => { await builds.keep({ ...former, id: '${IMAGE_ID}', box: 'box' }); };
    await publish({ folder: ${JSON.stringify(from)}, image: 'box-pi', isRaw: false }, image.folder, { checks, keep })
      .finally(() => checks.close());`,
  );
}

/** The build of the one image, which must be right to the last byte. */
async function buildOf(bench: Bench): Promise<string> {
  const image = await imageIn(bench.catalog);
  equal(await verdictOf(image, checks), 'right');
  return image.state.kind === 'ready' ? image.state.buildId : '';
}

/** What is kept is right to the last byte, and nothing else is there. */
async function requireWhole(bench: Bench): Promise<string[]> {
  const builds = await bench.open();
  for (const build of builds.list) equal(await verdictOf(build, checks), 'right');
  const hidden = (await bench.content()).filter((name) => /(^|\/)\./.test(name));
  deepEqual([hidden, bench.messages], [[], []]);
  return builds.list.map(({ buildId }) => buildId);
}

suite('whatever step a process is killed at', () => {
  test('that keeps a build, it is kept whole or not at all', { timeout: 360_000 }, async () => {
    const seen = new Set<string>();
    const steps = await atEachStep(async (step) => {
      await using bench = await makeBench();
      await bench.build(BUILD_A);
      const isKilled = await endedAt(step, program(bench, 'await builds.keep(image);'));
      seen.add((await requireWhole(bench)).join());
      equal(await buildOf(bench), BUILD_A, 'the image is as it was');
      return isKilled;
    });
    ok(steps >= 8, `${steps} steps`);
    deepEqual([...seen].sort(), ['', BUILD_A]);
  });

  test('that removes one, or chooses what is served, that is done or not', { timeout: 360_000 }, async () => {
    const seen = new Set<string>();
    const steps = await atEachStep(async (step) => {
      await using bench = await makeBench();
      const before = await bench.open();
      await before.keep(await bench.build(BUILD_A));
      await before.keep(await bench.build(BUILD_B));
      const text = `
        await builds.serveAgain(${JSON.stringify(A)}, { by: 'Anna', atMs: 1 });
        await builds.remove(${JSON.stringify(B)});`;
      const isKilled = await killedAt(step, CHOOSING_STEPS, program(bench, text));
      const kept = await requireWhole(bench);
      const choice = (await bench.open()).choiceOf(IMAGE_ID);
      seen.add(`${kept.length} ${choice?.build ?? 'newest'}`);
      return isKilled;
    });
    ok(steps >= 4, `${steps} steps`);
    deepEqual([...seen].sort(), [`1 ${BUILD_A}`, `2 ${BUILD_A}`, '2 newest']);
  });

  test('that publishes, the former set or the new one is there, and the former is kept before', {
    timeout: 360_000,
  }, async () => {
    const seen = new Set<string>();
    const steps = await atEachStep(async (step) => {
      const { bench, from } = await makeBoth();
      await using _ = bench;
      const isKilled = await killedAt(step, STEPS, publishing(bench, from));
      await recoverBox(bench.boxes.at('box'));
      const build = await buildOf(bench);
      const kept = await requireWhole(bench);
      seen.add(build);
      if (build === BUILD_B) deepEqual(kept, [BUILD_A]);
      const files = await readdir(bench.boxes.at('box'));
      deepEqual(files.filter((name) => !name.startsWith('.')).length, 3);
      // and whoever publishes next finds the way free
      const next = { folder: from, image: 'box-pi', isRaw: false };
      await publish(next, bench.boxes.at('box'), { checks, keep: async () => 'not asked for' });
      equal(await buildOf(bench), BUILD_B);
      deepEqual((await readdir(bench.boxes.at('box'))).length, 3);
      return isKilled;
    });
    ok(steps >= 6, `${steps} steps`);
    deepEqual([...seen].sort(), [BUILD_A, BUILD_B]);
  });
});

// the limit on a file's size (setrlimit(2), in KiB) stands for a full disk, as elsewhere
suite('where the disk is full', () => {
  const { bash } = requireTools('bash');
  function run(limitKib: number, text: string): Promise<string> {
    const args = ['-c', `ulimit -f ${limitKib}; exec "$0" "$@"`, process.execPath, '-e', `(async () => { ${text} })()`];
    return new Promise((resolve) => execFile(bash, args, (_error, stdout, stderr) => resolve(stdout + stderr)));
  }

  for (const limit of [0, 10]) {
    test(`after ${limit} KiB, nothing is kept, and images are as they were`, async () => {
      await using bench = await makeBench();
      await bench.build(BUILD_A, Buffer.alloc(40_000, 'payload'));
      const text = 'await builds.keep(image).catch((error) => console.log(error.code));';
      equal(await run(limit, program(bench, text)), 'EFBIG\n');
      deepEqual([await requireWhole(bench), await buildOf(bench)], [[], BUILD_A]);
    });

    test(`after ${limit} KiB, nothing is published, and the former set is as it was`, async () => {
      await using bench = await makeBench();
      const from = bench.boxes.beside('from');
      await bench.build(BUILD_B, Buffer.alloc(40_000, 'payload'));
      await mkdir(from);
      for (const suffix of Object.values(SET_FILES)) {
        await copyFile(bench.written.file(suffix), path.join(from, `box-pi${suffix}`));
      }
      await bench.build(BUILD_A);
      const told = await run(
        limit,
        `${publishing(bench, from)}`.replace('.finally', '.catch((error) => console.log(error.message)).finally'),
      );
      match(
        told,
        /^box-pi is not published: there is not enough room in .*\/boxes\/box; the former set is as it was\n$/,
      );
      deepEqual([await buildOf(bench), await requireWhole(bench)], [BUILD_A, []]);
      deepEqual((await readdir(bench.boxes.at('box'))).length, 3);
    });
  }

  test('from whatever step on, a build is kept whole or not at all, and images are as they were', async () => {
    const seen = new Set<string>();
    const steps = await atEachStep(async (step) => {
      await using bench = await makeBench();
      await bench.build(BUILD_A);
      const text = 'await builds.keep(image).then(tell, ({ code }) => tell(code));';
      const { isFull, told } = await fullAt(step, program(bench, text));
      seen.add(`${told} ${await requireWhole(bench)}`);
      equal(await buildOf(bench), BUILD_A);
      return isFull;
    });
    ok(steps >= 8, `${steps} steps`);
    deepEqual([...seen].sort(), ['ENOSPC ', `kept ${BUILD_A}`]);
  });

  test('from whatever step on, a set is published whole or not at all, which is told in words', async () => {
    const seen = new Set<string>();
    const steps = await atEachStep(async (step) => {
      const { bench, from } = await makeBoth();
      await using _ = bench;
      const text = publishing(bench, from)
        .replace('await builds.keep', "return 'full'; await builds.keep")
        .replace('.finally', '.then(({ kind }) => tell(kind), (error) => tell(error.message)).finally');
      const { isFull, told } = await fullAt(step, text);
      seen.add(told.join().replace(/ in .*;/, ' in …;'));
      equal(await buildOf(bench), told.join() === 'published' ? BUILD_B : BUILD_A);
      deepEqual((await readdir(bench.boxes.at('box'))).length, 3);
      const next = { folder: from, image: 'box-pi', isRaw: false };
      await publish(next, bench.boxes.at('box'), { checks, keep: async () => 'not asked for' });
      equal(await buildOf(bench), BUILD_B);
      return isFull;
    });
    ok(steps >= 10, `${steps} steps`);
    deepEqual([...seen].sort(), [
      'box-pi is not published: there is not enough room in …; the former set is as it was',
      'published',
    ]);
  });

  test('what is served can not be chosen, and stays as it was', async () => {
    await using bench = await makeBench();
    const before = await bench.open();
    await before.keep(await bench.build(BUILD_A));
    await before.serveAgain(A, { by: 'Anna', atMs: 1 });
    const choices = await readFile(path.join(bench.folder, 'choices.json'), 'utf8');
    const text = `await builds.serveNewest('${IMAGE_ID}').catch((error) => console.log(error.code, builds.choiceOf('${IMAGE_ID}').by));`;
    equal(await run(0, program(bench, text)), 'EFBIG Anna\n');
    equal(await readFile(path.join(bench.folder, 'choices.json'), 'utf8'), choices);
  });
});
