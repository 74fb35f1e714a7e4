import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { copyFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, suite, test } from 'node:test';
import { lockFolder } from '../../src/builds/folder-lock.ts';
import { publish } from '../../src/builds/publish.ts';
import { recoverPublications } from '../../src/builds/publish-recovery.ts';
import { ImageChecks } from '../../src/checks/image-checks.ts';
import { UserError } from '../../src/errors.ts';
import { SET_FILES } from '../../src/images/image-name.ts';
import { unlessAbsent } from '../../src/images/outage.ts';
import { BUILD_A, BUILD_B } from '../images/image-sets.ts';
import { atEachStep, moduleAt, stoppedAt } from './doomed.ts';
import { type Bench, imageIn, makeBoth, verdictOf } from './kept.ts';

/** Who looks at all the images of these tests. */
const checks = new ImageChecks();
after(() => checks.close());

const BUILD_C = 'c'.repeat(64);

const TAKEN_OVER = /^box-pi is not published: another process took over in .*\/boxes\/box, .*; publish it again$/;

/** What a publisher changes, and where it looks what others did. */
const CALLS = ['mkdir', 'open', 'rename', 'rm', 'writeFile'];

/** A bench that has A, and, elsewhere, B for a publisher that is stopped and C for the one that takes over. */
async function site() {
  const { bench, from } = await makeBoth();
  const other = bench.boxes.beside('other');
  await mkdir(other);
  await bench.build(BUILD_C);
  for (const suffix of Object.values(SET_FILES)) {
    await copyFile(bench.written.file(suffix), path.join(other, `box-pi${suffix}`));
  }
  await bench.build(BUILD_A);
  return { bench, from, other, box: bench.boxes.at('box'), [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose]() };
}

/** A program that publishes, and tells what came of it, or that it waits. */
function publishing(from: string, box: string): string {
  return `
    const { publish } = await import(${moduleAt('builds/publish.ts')});
    const { ImageChecks } = await import(${moduleAt('checks/image-checks.ts')});
    const checks = new ImageChecks();
    const source = { folder: ${JSON.stringify(from)}, image: 'box-pi', isRaw: false };
    const parts = { checks, keep: async () => undefined, onWait: () => tell('waits') };
    await publish(source, ${JSON.stringify(box)}, parts)
      .then(({ kind }) => tell(kind), (error) => tell(error.message))
      .finally(() => checks.close());`;
}

/** Does to the tickets that are there what whoever waits does to those of the dead. */
async function takeForDead(box: string): Promise<void> {
  const folder = path.join(box, '.publish');
  const names = (await readdir(folder).catch(unlessAbsent)) ?? [];
  for (const name of names.filter((one) => one.startsWith('ticket.'))) await rm(path.join(folder, name));
}

/** Publishes up to where the former set is kept, which is when all is prepared, and stands still there. */
async function publishUpToKeeping(from: string, box: string) {
  const prepared = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const keep = async () => {
    prepared.resolve();
    await goOn.promise;
    return undefined;
  };
  const done = publish({ folder: from, image: 'box-pi', isRaw: false }, box, { checks, keep });
  await Promise.race([prepared.promise, done]);
  return {
    done,
    goOn: goOn.resolve,
    async [Symbol.asyncDispose]() {
      goOn.resolve();
      await Promise.allSettled([done]); // whoever awaits it is told
    },
  };
}

/** All files of the box but tickets, with what tells one state from another. */
async function contentOf(box: string): Promise<string[]> {
  const names = (await readdir(box, { recursive: true })).filter((name) => !name.includes('ticket.')).sort();
  const files = await Promise.all(
    names.map(async (name) => {
      const stats = await stat(path.join(box, name));
      return stats.isFile() ? [`${name} ${stats.ino} ${stats.size} ${stats.mtimeMs}`] : [];
    }),
  );
  return files.flat();
}

/** The build of the one image, which is right to the last byte; nothing else is in its folder. */
async function buildOf({ catalog, boxes }: Bench): Promise<string> {
  const image = await imageIn(catalog);
  equal(await verdictOf(image, checks), 'right');
  deepEqual((await readdir(boxes.at('box'))).length, 3);
  return image.state.kind === 'ready' ? image.state.buildId : '';
}

suite('a publisher that was stopped for so long that another one took over', () => {
  test('touches nothing of the other one, whatever step it was stopped at', { timeout: 360_000 }, async () => {
    const seen = new Set<string>();
    const steps = await atEachStep(async (step) => {
      await using it = await site();
      const { bench, box } = it;
      await using first = await stoppedAt(step, CALLS, publishing(it.from, box));
      if (!first.isStopped) return false;
      await takeForDead(box);
      await using second = await publishUpToKeeping(it.other, box);
      const before = await contentOf(box);
      ok(before.some((file) => file.startsWith('.publish/')));
      const [told = 'nothing'] = await first.goOn();
      deepEqual(await contentOf(box), before, `step ${step}: ${told}`);
      seen.add(told.replace(TAKEN_OVER, 'taken over'));
      second.goOn();
      equal((await second.done).kind, 'published');
      await first.told;
      equal(await buildOf(bench), told === 'waits' ? BUILD_B : BUILD_C);
      return true;
    });
    ok(steps >= 15, `${steps} steps`);
    deepEqual([...seen].sort(), ['published', 'taken over', 'waits']);
  });

  test('leaves the other one alone that is replacing the set', { timeout: 360_000 }, async () => {
    const steps = await atEachStep(async (step) => {
      await using it = await site();
      const { bench, box } = it;
      await using first = await publishUpToKeeping(it.from, box);
      await takeForDead(box);
      await using second = await stoppedAt(step, ['rename'], publishing(it.other, box));
      const before = await contentOf(box);
      first.goOn();
      const told = await first.done.catch((error: unknown) => error);
      deepEqual(await contentOf(box), before);
      ok(told instanceof UserError);
      match(told.message, TAKEN_OVER);
      if (second.isStopped) await second.goOn();
      deepEqual(await second.told, ['published']);
      equal(await buildOf(bench), BUILD_C);
      return second.isStopped;
    });
    ok(steps >= 4, `${steps} steps`);
  });

  test('removes what it prepared after that', async () => {
    await using it = await site();
    await using first = await publishUpToKeeping(it.from, it.box);
    await takeForDead(it.box);
    first.goOn();
    await rejects(first.done, { message: TAKEN_OVER });
    equal(await buildOf(it.bench), BUILD_A);
  });

  test('makes nothing whole: whoever has the lock does', async () => {
    await using it = await site();
    const work = path.join(it.box, '.publish');
    await using lock = await lockFolder(work);
    const staging = path.join(work, 'set.1');
    await mkdir(staging);
    await writeFile(path.join(staging, 'box-pi.img.zst'), 'of the next build');
    await takeForDead(it.box);
    await recoverPublications(it.box, lock);
    match((await readdir(staging)).join(), /box-pi/);
  });
});
