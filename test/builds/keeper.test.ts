import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs, { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Keeper, type KeeperParts } from '../../src/builds/keeper.ts';
import { ImageChecks } from '../../src/checks/image-checks.ts';
import type { CatalogImage } from '../../src/images/catalog.ts';
import { BUILD_A, BUILD_B } from '../images/image-sets.ts';
import { beforeLong } from '../until.ts';
import { type Bench, IMAGE_ID, makeBench } from './kept.ts';

const BUILD_C = 'c'.repeat(64);
const GENEROUS = { builds: 1, bytes: 1e9 };
const PACES = { idle: 5, look: 5 };

/** A keeper over a bench, and what it says. */
async function keeping(bench: Bench, parts: Partial<KeeperParts> = {}) {
  const builds = await bench.open();
  const checks = new ImageChecks();
  const messages: string[] = [];
  const keeper = new Keeper({
    builds,
    catalog: bench.catalog,
    checks,
    bounds: () => GENEROUS,
    isBusy: () => false,
    isNeeded: () => false,
    isRun: () => false,
    onMessage: (text) => messages.push(text),
    paces: PACES,
    ...parts,
  });
  return {
    builds,
    messages,
    keeper,
    /** Has an image examined, as a board that asks for it does, and waits until it was kept, or was not. */
    async examine({ root, folder, image, state }: CatalogImage): Promise<void> {
      if (state.kind !== 'ready') throw new Error('incomplete');
      const { zstIdentity: identity, buildId, checksums } = state;
      await checks.verdict({ root, folder, image, identity, buildId, checksums });
    },
    async [Symbol.asyncDispose]() {
      await keeper.close();
      await checks.close();
    },
  };
}

/** The builds that are kept once that is so, the one kept last first, by their first letters. */
async function until({ builds }: Awaited<ReturnType<typeof keeping>>, letters: string): Promise<void> {
  const kept = () => builds.of(IMAGE_ID).map(({ buildId }) => buildId.slice(0, 1));
  const signal = beforeLong();
  while (kept().join('') !== letters) {
    await once(builds.events, 'changed', { signal }).catch(() => deepEqual(kept(), letters.split('')));
  }
}

/** Waits until so much was said. */
async function untilTold({ messages }: Awaited<ReturnType<typeof keeping>>, count = 1): Promise<void> {
  const signal = beforeLong();
  while (messages.length < count) await setTimeout(5, undefined, { signal });
}

/** A disk below `folder` that has room for so many more bytes, and makes no copies by reference, until it is disposed of. */
async function smallDisk(folder: string, bytes: number): Promise<Disposable> {
  const { statfs, copyFile } = fs;
  const taken = async () => {
    const files = (await readdir(folder, { recursive: true })).map((name) => path.join(folder, name));
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
    return sizes.reduce((sum, size) => sum + size, 0);
  };
  const before = await taken();
  const unsupported = Object.assign(new Error('ENOTSUP'), { code: 'ENOTSUP', errno: -95, syscall: 'copyfile' });
  Object.assign(fs, {
    statfs: async () => ({ bavail: bytes + before - (await taken()), bsize: 1 }),
    copyFile: () => Promise.reject(unsupported),
  });
  syncBuiltinESMExports();
  return {
    [Symbol.dispose]() {
      Object.assign(fs, { statfs, copyFile });
      syncBuiltinESMExports();
    },
  };
}

suite('a keeper', () => {
  test('keeps what was found right, and as many as it is to', async () => {
    await using bench = await makeBench();
    await using site = await keeping(bench);
    await site.examine(await bench.build(BUILD_A));
    await until(site, 'a');
    await site.examine(await bench.build(BUILD_B));
    await until(site, 'ba');
    await site.examine(await bench.build(BUILD_C));
    await until(site, 'cb');
    await site.examine(await bench.build(BUILD_B));
    await until(site, 'bc');
    deepEqual(site.messages, []);
  });

  test('keeps nothing that nobody has looked at', async () => {
    await using bench = await makeBench();
    const image = await bench.build(BUILD_A);
    await using site = await keeping(bench);
    await setTimeout(50);
    await until(site, '');
    await site.examine(image);
    await until(site, 'a');
  });

  test('keeps nothing that is wrong', async () => {
    await using bench = await makeBench();
    await using site = await keeping(bench);
    await bench.build(BUILD_A);
    await writeFile(bench.written.file('.img.buildID'), `${BUILD_B}  box-pi.img\n`);
    await site.examine((await bench.catalog.refresh(true)).images[0] as CatalogImage);
    await setTimeout(50);
    await until(site, '');
  });

  test('gives way to boards', async () => {
    await using bench = await makeBench();
    let isServing = true;
    await using site = await keeping(bench, { isBusy: () => isServing });
    await site.examine(await bench.build(BUILD_A));
    await setTimeout(50);
    await until(site, '');
    isServing = false;
    await until(site, 'a');
  });

  test('is closed while it waits', async () => {
    await using bench = await makeBench();
    await using site = await keeping(bench, { isBusy: () => true });
    await site.examine(await bench.build(BUILD_A));
    await setTimeout(20);
    await site.keeper.close();
  });

  test('removes nothing that is needed, run or served', async () => {
    await using bench = await makeBench();
    const bounds = { builds: 9, bytes: 1e9 };
    await using site = await keeping(bench, {
      bounds: () => bounds,
      isNeeded: ({ buildId }) => buildId === BUILD_A,
      isRun: (buildId) => buildId === BUILD_B,
    });
    for (const [build, kept] of [
      [BUILD_A, 'a'],
      [BUILD_B, 'ba'],
      [BUILD_C, 'cba'],
      ['d'.repeat(64), 'dcba'],
      ['e'.repeat(64), 'edcba'],
    ] as const) {
      await site.examine(await bench.build(build));
      await until(site, kept);
    }
    await site.builds.serveAgain({ imageId: IMAGE_ID, buildId: BUILD_C }, { by: 'Anna', atMs: 1 });
    bounds.builds = 1;
    await site.examine(await bench.build('f'.repeat(64)));
    await until(site, 'fecba');
    bounds.builds = 0;
    site.keeper.look();
    await until(site, 'ca');
  });

  test('says once that there is no room, and goes on', async () => {
    await using bench = await makeBench();
    const bounds = { builds: 1, bytes: 10 };
    await using site = await keeping(bench, { bounds: () => bounds });
    await site.examine(await bench.build(BUILD_A));
    await untilTold(site);
    site.keeper.look();
    await setTimeout(50);
    equal(site.messages.length, 1);
    match(
      site.messages.join(),
      /^can't keep build aaaaaaa of box\/box-pi \(those that stay .*\); it is served all the same$/,
    );
  });

  test('says why the disk does not take a build', async () => {
    await using bench = await makeBench();
    await mkdir(bench.folder);
    await writeFile(path.join(bench.folder, 'box'), 'a file');
    await using site = await keeping(bench);
    await site.examine(await bench.build(BUILD_A));
    await untilTold(site);
    match(site.messages.join(), /\(ENOTDIR\); it is served all the same$/);
  });

  test('keeps at once what it had no room for when there is to be more', async () => {
    await using bench = await makeBench();
    const bounds = { builds: 1, bytes: 10 };
    await using site = await keeping(bench, { bounds: () => bounds });
    await site.examine(await bench.build(BUILD_A));
    await untilTold(site);
    bounds.bytes = 1e9;
    site.keeper.look();
    await until(site, 'a');
  });

  test('says anew that there is no room when there is to be more, and still not enough, or was in between', async () => {
    await using bench = await makeBench();
    const bounds = { builds: 1, bytes: 10 };
    await using site = await keeping(bench, { bounds: () => bounds });
    await site.examine(await bench.build(BUILD_A));
    await untilTold(site);
    bounds.bytes = 11;
    site.keeper.look();
    await untilTold(site, 2);
    bounds.bytes = 1e9;
    site.keeper.look();
    await until(site, 'a');
    bounds.bytes = 11;
    await site.examine(await bench.build(BUILD_B));
    await untilTold(site, 3);
  });

  const LARGE = 200_000;

  /** Has it keep two large builds, A and B. */
  async function keepTwo(bench: Bench, site: Awaited<ReturnType<typeof keeping>>): Promise<void> {
    await site.examine(await bench.build(BUILD_A, randomBytes(LARGE)));
    await until(site, 'a');
    await site.examine(await bench.build(BUILD_B, randomBytes(LARGE)));
    await until(site, 'ba');
  }

  test('keeps at once what the disk had no room for when fewer are to be kept', async () => {
    await using bench = await makeBench();
    const bounds = { builds: 3, bytes: 1e9 };
    await using site = await keeping(bench, { bounds: () => bounds });
    await keepTwo(bench, site);
    using _ = await smallDisk(bench.folder, 1.5 * LARGE); // it must have room for the next build, too
    await site.examine(await bench.build(BUILD_C, randomBytes(LARGE)));
    await untilTold(site);
    match(site.messages.join(), /the disk has no room/);
    bounds.builds = 1;
    site.keeper.look();
    await until(site, 'cb');
    equal(site.messages.length, 1);
  });

  test('keeps at once what the disk had no room for when a build is not needed any more', async () => {
    await using bench = await makeBench();
    let isPinned = true;
    await using site = await keeping(bench, { isNeeded: ({ buildId }) => isPinned && buildId === BUILD_A });
    await keepTwo(bench, site);
    using _ = await smallDisk(bench.folder, 1.5 * LARGE);
    await site.examine(await bench.build(BUILD_C, randomBytes(LARGE)));
    await untilTold(site);
    isPinned = false;
    site.keeper.look();
    await until(site, 'cb');
    equal(site.messages.length, 1);
  });

  test('removes first what has to go where the disk has no room else, and says nothing', async () => {
    await using bench = await makeBench();
    await using site = await keeping(bench);
    await keepTwo(bench, site);
    using _ = await smallDisk(bench.folder, 1.5 * LARGE);
    await site.examine(await bench.build(BUILD_C, randomBytes(LARGE)));
    await until(site, 'cb');
    deepEqual(site.messages, []);
  });

  test('tries again by itself, after a while, what there was no room for', async () => {
    await using bench = await makeBench();
    let isPinned = true;
    const bounds = { builds: 1, bytes: 1e9 };
    await using site = await keeping(bench, {
      bounds: () => bounds,
      isNeeded: ({ buildId }) => isPinned && buildId === BUILD_A,
      paces: { ...PACES, again: 50 },
    });
    await site.examine(await bench.build(BUILD_A));
    await until(site, 'a');
    bounds.bytes = site.builds.list[0]?.bytes ?? 0;
    await site.examine(await bench.build(BUILD_B));
    await untilTold(site);
    isPinned = false;
    await until(site, 'b');
  });

  test('tries again by itself, after a while, what the disk did not take', async () => {
    await using bench = await makeBench();
    await mkdir(bench.folder);
    await writeFile(path.join(bench.folder, 'box'), 'a file');
    const again = 200;
    const toldAtMs: number[] = [];
    const onMessage = () => toldAtMs.push(performance.now());
    await using site = await keeping(bench, { onMessage, paces: { ...PACES, again } });
    await site.examine(await bench.build(BUILD_A));
    while (toldAtMs.length === 0) await setTimeout(5);
    await rm(path.join(bench.folder, 'box'));
    site.keeper.look();
    await until(site, 'a');
    const [failedAtMs = 0, ...others] = toldAtMs;
    ok(performance.now() - failedAtMs >= again / 2, 'not at once');
    deepEqual(others, []);
  });

  test('tries the next build at once, whatever became of the one before', async () => {
    await using bench = await makeBench();
    await mkdir(bench.folder);
    await writeFile(path.join(bench.folder, 'box'), 'a file');
    await using site = await keeping(bench);
    await site.examine(await bench.build(BUILD_A));
    await untilTold(site);
    await rm(path.join(bench.folder, 'box'));
    await site.examine(await bench.build(BUILD_B));
    await until(site, 'b');
  });

  test('removes nothing that another process chose meanwhile', async () => {
    await using bench = await makeBench();
    let isHeld = false;
    let isCopying = false;
    let asked = 0;
    const isBusy = () => {
      asked++;
      isCopying ||= isHeld && asked === 2;
      return isCopying;
    };
    await using site = await keeping(bench, { isBusy });
    await site.examine(await bench.build(BUILD_A));
    await until(site, 'a');
    await site.examine(await bench.build(BUILD_B));
    await until(site, 'ba');
    await setTimeout(50);
    const other = await bench.open();
    const image = await bench.build(BUILD_C);
    [isHeld, asked] = [true, 0];
    await site.examine(image);
    const signal = beforeLong();
    while (!isCopying) await setTimeout(5, undefined, { signal });
    await other.serveAgain({ imageId: IMAGE_ID, buildId: BUILD_A }, { by: 'Anna', atMs: 1 });
    [isHeld, isCopying] = [false, false];
    await until(site, 'cba');
    site.keeper.look();
    await setTimeout(50);
    await until(site, 'cba');
    deepEqual([site.messages, bench.messages], [[], []]);
  });

  test('removes nothing that came to be needed while it removed another', async () => {
    await using bench = await makeBench();
    const needed = new Set<string>();
    const bounds = { builds: 2, bytes: 1e9 };
    const isNeeded = ({ buildId }: { buildId: string }) => needed.has(buildId);
    await using site = await keeping(bench, { bounds: () => bounds, isNeeded });
    for (const [build, kept] of [
      [BUILD_A, 'a'],
      [BUILD_B, 'ba'],
      [BUILD_C, 'cba'],
    ] as const) {
      await site.examine(await bench.build(build));
      await until(site, kept);
    }
    site.builds.events.once('changed', () => needed.add(BUILD_B));
    bounds.builds = 0;
    site.keeper.look();
    await until(site, 'b');
    deepEqual([site.messages, bench.messages], [[], []]);
  });

  test('says once what it can not remove, and tries again by itself after a while', async () => {
    await using bench = await makeBench();
    const bounds = { builds: 1, bytes: 1e9 };
    await using site = await keeping(bench, { bounds: () => bounds, paces: { ...PACES, again: 100 } });
    await site.examine(await bench.build(BUILD_A));
    await until(site, 'a');
    await site.examine(await bench.build(BUILD_B));
    await until(site, 'ba');
    const choices = path.join(bench.folder, 'choices.json');
    await mkdir(choices);
    bounds.builds = 0;
    site.keeper.look();
    await untilTold(site, 2);
    site.keeper.look();
    await setTimeout(50);
    const unremoved = ['aaaaaaa', 'bbbbbbb'].map((id) => `can't remove build ${id} of box/box-pi (EISDIR)`);
    deepEqual(site.messages, unremoved);
    await rm(choices, { recursive: true });
    await until(site, '');
  });
});
