import { deepEqual, equal } from 'node:assert/strict';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { LeftPublications } from '../../src/builds/left-publications.ts';
import { asNobody } from '../as-nobody.ts';
import { BUILD_A, BUILD_B } from '../images/image-sets.ts';
import { imageIn, makeBoth } from './kept.ts';
import { publisher } from './publisher.ts';

const EVERY_MS = 20;

/** A running watch over a bench that has A, and what a publication of B leaves, as far as `reach` does it. */
async function site() {
  const { bench, from } = await makeBoth();
  const box = bench.boxes.at('box');
  const staging = path.join(box, '.publish', 'set.1');
  const failures: string[] = [];
  const bugs: string[] = [];
  const prepare = async () => {
    await mkdir(staging, { recursive: true });
    for (const name of await readdir(from)) await copyFile(path.join(from, name), path.join(staging, name));
  };
  const at = (folder: string, suffix: string) => path.join(folder, `box-pi${suffix}`);
  return {
    bench,
    box,
    failures,
    bugs,
    prepare,
    /** `met`: what its looks at the catalog fail with, at first. */
    watch: (met: Error[] = []) =>
      new LeftPublications({
        catalog: {
          refresh: () => {
            const bug = met.shift();
            return bug === undefined ? bench.catalog.refresh() : Promise.reject(bug);
          },
        },
        onBug: (bug) => bugs.push(String(bug)),
        onFailure: (folder, code) => failures.push(`${path.basename(folder)}: ${code}`),
        everyMs: EVERY_MS,
      }),
    putChecksumsAside: () => rename(at(box, '.img.sha256'), at(staging, '.img.sha256.old')),
    async replaceImage() {
      await rename(at(staging, '.img.zst'), at(box, '.img.zst'));
      await rm(at(staging, '.img.sha256.old'));
    },
    build: async () => {
      const { state } = await imageIn(bench.catalog);
      return state.kind === 'ready' ? state.buildId : state.fault.file;
    },
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  };
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await setTimeout(EVERY_MS);
}

suite('what a publication left that was killed while the server runs', () => {
  test('is made whole: the former set, where the new image had not taken its place', { timeout: 60_000 }, async () => {
    await using left = await site();
    await using _ = left.watch();
    await left.prepare();
    await left.putChecksumsAside();
    await until(async () => (await left.build()) === BUILD_A);
    await until(async () => !(await readdir(left.box)).includes('.publish'));
    deepEqual(left.failures, []);
  });

  test('is made whole: the new set, where its image had', { timeout: 60_000 }, async () => {
    await using left = await site();
    await left.prepare();
    await left.putChecksumsAside();
    await left.replaceImage();
    await using _ = left.watch();
    await until(async () => (await left.build()) === BUILD_B);
    deepEqual(left.failures, []);
  });

  test('is left alone as long as someone publishes there', { timeout: 60_000 }, async () => {
    await using left = await site();
    await left.prepare();
    await using living = await publisher(left.box);
    await left.putChecksumsAside();
    await using _ = left.watch();
    // it waits, with a ticket of its own
    await until(async () => (await readdir(path.join(left.box, '.publish'))).length === 3);
    equal(await left.build(), 'box-pi.img.sha256');
    living.kill('SIGKILL');
    await once(living, 'close');
    await until(async () => (await left.build()) === BUILD_A);
  });

  test('keeps no server from ending that waits for someone who publishes', { timeout: 60_000 }, async () => {
    await using left = await site();
    await left.prepare();
    await using _ = await publisher(left.box);
    await left.putChecksumsAside();
    const watch = left.watch();
    const work = path.join(left.box, '.publish');
    await until(async () => (await readdir(work)).length === 3);
    await watch[Symbol.asyncDispose]();
    equal((await readdir(work)).length, 2);
    deepEqual(left.failures, []);
  });

  test('is told of where a folder has the name of a ticket, and made whole once that is gone', {
    timeout: 60_000,
  }, async () => {
    await using left = await site();
    await left.prepare();
    const work = path.join(left.box, '.publish');
    await using gone = await publisher(left.box);
    gone.kill('SIGKILL');
    await once(gone, 'close');
    const ticket = path.join(work, (await readdir(work)).find((name) => name.startsWith('ticket.')) ?? '');
    await rm(ticket);
    await mkdir(ticket);
    await left.putChecksumsAside();
    await using _ = left.watch();
    await until(async () => left.failures.length > 0);
    await rm(ticket, { recursive: true });
    await until(async () => (await left.build()) === BUILD_A);
    deepEqual([left.failures, left.bugs], [['box: EISDIR'], []]);
  });

  test('is made whole though a look at it met a bug, which is told', { timeout: 60_000 }, async () => {
    await using left = await site();
    await left.prepare();
    await left.putChecksumsAside();
    await using _ = left.watch([new TypeError('not a function')]);
    await until(async () => (await left.build()) === BUILD_A);
    deepEqual(left.bugs, ['TypeError: not a function']);
  });

  const isRoot = process.geteuid?.() === 0;
  const ends = { timeout: 60_000, skip: !isRoot };
  test('keeps no server from ending that can only read, and looks for a sign of life', ends, async (t) => {
    await using left = await site();
    await chmod(left.bench.boxes.beside(), 0o755);
    await left.prepare();
    await left.putChecksumsAside();
    // of a process elsewhere, which can't be looked at
    await writeFile(path.join(left.box, '.publish', 'ticket.1.1.0123456789ab.01234567'), '');
    const nowMs = performance.now();
    t.mock.method(performance, 'now', () => nowMs); // the time in which it may give one is never over
    await asNobody(async () => {
      const watch = left.watch();
      await setTimeout(10 * EVERY_MS);
      await watch[Symbol.asyncDispose]();
    });
    deepEqual(left.failures, []);
  });

  test('is told of once by a server that can only read', { timeout: 60_000, skip: !isRoot }, async () => {
    await using left = await site();
    await chmod(left.bench.boxes.beside(), 0o755);
    await left.prepare();
    await left.putChecksumsAside();
    await asNobody(async () => {
      await using _ = left.watch();
      await until(async () => left.failures.length > 0);
      await setTimeout(10 * EVERY_MS);
    });
    deepEqual(left.failures, ['box: EACCES']);
  });
});
