import { equal, ok } from 'node:assert/strict';
import { hash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Keeper } from '../../src/builds/keeper.ts';
import { publish } from '../../src/builds/publish.ts';
import { ServedImages } from '../../src/builds/served-images.ts';
import { ImageChecks } from '../../src/checks/image-checks.ts';
import { UP_TO_DATE_AGE_MS } from '../../src/server/limits.ts';
import { UpdateServer } from '../../src/server/update-server.ts';
import { type Build, buildOf } from '../integrity/build.ts';
import { makeBench } from './kept.ts';
import { lightBoard, realBoard } from './light-board.ts';

const BOARDS = 8;

/** A kernel that does not compress: it takes a while to send, so that builds come meanwhile. */
const CONTENT = {
  ...{ box: 'box', board: 'pi', branch: '' },
  ...{ noise: 512 * 1024, bootSectors: 2048, rootSectors: 8, loaderBytes: 16 },
};

/** A board that asked for the last build gets it, unless that is still being checked. */
const LAST_BOOTS = 3;

/** A board is off for so long. */
const OFF_MS = 20;

/** Between two acts. */
const PAUSE_MS = 150;

/** How long a race is, and whether its boards run the real script. */
export interface RaceOptions {
  readonly publications: number;
  readonly areReal: boolean;
}

/** What came of a race. */
export interface RaceReport {
  readonly publications: number;
  readonly boots: number;
  readonly flashes: number;
  /** How often an earlier build was served again, and the newest afterwards. */
  readonly wentBack: number;
  readonly cameBack: number;
  /** Builds that were kept, and removed again. */
  readonly kept: number;
  readonly removed: number;
}

/**
 * What boards are to get: one build, or, while that changes, one of two. Who watches learns all that it was meanwhile.
 */
class Truth {
  #now = new Set<string>();
  readonly #watchers = new Set<Set<string>>();

  /** Does what changes it to `build`. */
  async change(build: string, act: () => Promise<void>): Promise<void> {
    this.#now.add(build);
    for (const watcher of this.#watchers) watcher.add(build);
    await act();
    this.#now = new Set([build]);
  }

  /** All that it was while `act` was done. */
  async during<T>(act: () => Promise<T>): Promise<{ readonly result: T; readonly builds: ReadonlySet<string> }> {
    const builds = new Set(this.#now);
    this.#watchers.add(builds);
    try {
      return { result: await act(), builds };
    } finally {
      this.#watchers.delete(builds);
    }
  }
}

/**
 * Publishes so many builds, one after another, while eight boards boot again and again, and builds are kept, removed and served
 * again. Whatever a board's disk holds then is one whole build that it was to get at that boot, or what it held before.
 * @throws what is found to be wrong
 */
export async function publishRace({ publications, areReal }: RaceOptions): Promise<RaceReport> {
  await using bench = await makeBench();
  const builds = await bench.open();
  const checks = new ImageChecks();
  const catalog = new ServedImages(bench.catalog, builds);
  const server = await UpdateServer.start({ catalog, checks, host: '127.0.0.1', port: 0 });
  builds.events.on('changed', () => server.forgetAnswers());
  const keeper = new Keeper({
    builds,
    catalog: bench.catalog,
    checks,
    bounds: () => ({ builds: 2, bytes: 1e9 }),
    isBusy: () => false,
    isNeeded: ({ buildId }) => [...server.running].some(({ servedBuildId }) => servedBuildId === buildId),
    isRun: () => false,
    onMessage: (text) => faults.push(text),
    paces: { idle: 20, look: 20 },
  });
  const faults: string[] = [];
  const truth = new Truth();
  const byDisk = new Map<string, string>();
  const seen = new Set<string>();
  builds.events.on('changed', () => {
    for (const { buildId } of builds.list) seen.add(buildId);
  });
  let [wentBack, cameBack, isDone, newest] = [0, 0, false, ''];

  const boxFolder = bench.boxes.at('box');
  const from = bench.boxes.beside('from');
  await mkdir(boxFolder);
  await mkdir(from);
  const imageId = `box/${buildOf({ ...CONTENT, buildId: '0'.repeat(64) }).image}`;

  async function publishNext(number: number): Promise<void> {
    const build = buildOf({ ...CONTENT, buildId: hash('sha256', `build ${number}`) });
    byDisk.set(build.rawSha256, build.content.buildId);
    await write(build);
    const source = { folder: from, image: build.image, isRaw: false };
    const keep = async (former: Parameters<Parameters<typeof publish>[2]['keep']>[0]) => {
      await builds.keep({ ...former, id: imageId, box: 'box' });
      return undefined;
    };
    newest = build.content.buildId;
    const put = async () => void (await publish(source, boxFolder, { checks, keep }));
    if (builds.choiceOf(imageId) === undefined) await truth.change(newest, put);
    else await put();
  }

  async function write({ image, files }: Build): Promise<void> {
    for (const [suffix, bytes] of Object.entries(files)) await writeFile(path.join(from, image + suffix), bytes);
  }

  async function goBack(): Promise<void> {
    const [earlier] = builds.of(imageId).filter(({ buildId }) => buildId !== newest);
    if (earlier === undefined) return;
    const { buildId } = earlier;
    const act = { by: 'the race', atMs: Date.now() };
    await truth.change(buildId, () => builds.serveAgain({ imageId, buildId }, act));
    wentBack++;
  }

  async function comeBack(): Promise<void> {
    if (builds.choiceOf(imageId) === undefined) return;
    await truth.change(newest, () => builds.serveNewest(imageId));
    cameBack++;
  }

  async function career(number: number): Promise<{ boots: number; flashes: number }> {
    const url = `http://127.0.0.1:${server.address.port}`;
    const isSlow = number % 2 === 1;
    await using board = await (areReal
      ? realBoard(url, isSlow)
      : lightBoard(url, isSlow, (diskSha256) => byDisk.get(diskSha256)));
    let [boots, flashes, disk] = [0, 0, board.diskSha256];
    const boot = async () => {
      const { result, builds } = await truth.during(() => board.boot());
      boots++;
      if (result.isFlashed) {
        flashes++;
        const build = byDisk.get(result.diskSha256);
        const was = `board ${number} got ${build}, and was to get ${[...builds]}: ${result.output}`;
        ok(build !== undefined && builds.has(build), was);
      } else {
        equal(result.diskSha256, disk, result.output);
      }
      disk = result.diskSha256;
    };
    while (!isDone) {
      await boot();
      await setTimeout(OFF_MS);
    }
    for (let last = 1; last <= LAST_BOOTS && byDisk.get(disk) !== newest; last++) {
      await setTimeout(UP_TO_DATE_AGE_MS); // so long what was true a moment ago may be told
      await boot();
    }
    equal(byDisk.get(disk), newest, `board ${number} runs the newest build in the end`);
    return { boots, flashes };
  }

  try {
    await publishNext(0);
    const boards = Array.from({ length: BOARDS }, (_, number) => career(number));
    const acting = (async () => {
      for (let number = 1; number < publications; number++) {
        if (number % 3 === 0) await goBack();
        await setTimeout(PAUSE_MS);
        await publishNext(number);
        await setTimeout(PAUSE_MS);
        if (number % 3 === 1) await comeBack();
      }
      await comeBack();
    })().finally(() => {
      isDone = true;
    });
    await Promise.allSettled([acting, ...boards]); // what one of them finds, all outlive
    await acting;
    const careers = await Promise.all(boards);
    equal(faults.join('; '), '');
    const boots = careers.reduce((sum, career) => sum + career.boots, 0);
    const flashes = careers.reduce((sum, career) => sum + career.flashes, 0);
    const removed = [...seen].filter((buildId) => builds.find({ imageId, buildId }) === undefined).length;
    return { publications, boots, flashes, wentBack, cameBack, kept: seen.size, removed };
  } finally {
    await keeper.close();
    await server.stop(0);
    await checks.close();
  }
}
