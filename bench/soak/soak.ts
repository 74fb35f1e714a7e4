import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { boardCareer } from '../../test/integrity/race-boards.ts';
import { pause, RebuiltBox, randomNumbers } from '../../test/integrity/rebuilt-box.ts';
import { median } from '../statistics.ts';
import { askForUpdate, type Result, type Weather } from './line-client.ts';
import { SoakedServer } from './soaked-server.ts';

/** What is told of a soak. */
export interface SoakOptions {
  readonly seconds: number;
  /** Ends the process and starts the next under the same listening socket, again and again. */
  readonly restarts: boolean;
  /** Sends SIGHUP, again and again. */
  readonly reloads: boolean;
  /** The command to soak; this project's without it. */
  readonly command?: string | undefined;
}

/** What came of a soak. It went well if `faults` is empty. */
export interface SoakReport {
  readonly builds: number;
  readonly restarts: number;
  readonly reloads: number;
  /** Boots of boards that do all a board does, and images they flashed. */
  readonly boots: number;
  readonly flashed: number;
  /** Further questions, over lines of all kinds, by what became of them. */
  readonly asked: Readonly<Partial<Record<Result['kind'], number>>>;
  /** Of the last process, medians of the first and the second half of its life. */
  readonly residentBytes: readonly [number, number];
  /** Before the first request, and after the last one. */
  readonly descriptors: readonly [number, number];
  readonly faults: readonly string[];
}

/** Boards that do all a board does, and askers beside them. */
const BOARDS = 3;
const ASKERS = 6;

/** Between two builds; a restart and a reload come less and more often. */
const BUILD_PAUSE_MS = 6_000;
const RESTART_PAUSE_MS = 10_000;
const RELOAD_PAUSE_MS = 2_000;
const SAMPLE_MS = 500;

/** Connections end within a second of their last byte. */
const SETTLE_MS = 2_000;

/** A thread that looks into the last build has descriptors of its own: a leak is what stays after it ended. */
const IDLE_TIMEOUT_MS = 30_000;

/** A process that just started has its state file's, or its watch's, not open yet. */
const SPARE_DESCRIPTORS = 2;

/** Growth of the median taken for the heap's warming up. */
const GROWTH_LIMIT_BYTES = 40e6;

const WEATHER: readonly Weather[] = ['good', 'slow', 'cut', 'stalled'];

/** Has boards update for so long, while builds, cuts, slow lines, reloads and restarts go on. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const home = await mkdtemp(path.join(tmpdir(), 'mkbox-soak-'));
  const boxes = path.join(home, 'boxes');
  await mkdir(path.join(boxes, 'docker-box'), { recursive: true });
  const box = new RebuiltBox(path.join(boxes, 'docker-box'));
  const random = randomNumbers(1);
  await box.rebuild(random);
  const { command, restarts: holdsSocket } = options;
  const server = await SoakedServer.start({ imagePath: boxes, command, holdsSocket });
  try {
    await sleep(SETTLE_MS);
    return await run(options, box, server);
  } finally {
    await server.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function run(options: SoakOptions, box: RebuiltBox, server: SoakedServer): Promise<SoakReport> {
  const deadline = performance.now() + options.seconds * 1000;
  const isDone = () => performance.now() > deadline;
  // The last process is left alone for the second half: a leak needs time to show.
  const isHalfDone = () => performance.now() > deadline - options.seconds * 500;
  const faults: string[] = [];
  const asked: Partial<Record<Result['kind'], number>> = {};
  let [restarts, reloads, builds] = [0, 0, 1];
  const idleDescriptors = server.usage()?.descriptors ?? 0;
  let samples: number[] = [];

  const building = (async () => {
    const random = randomNumbers(2);
    for (; !isDone(); builds++) {
      await pause(random, BUILD_PAUSE_MS);
      await box.rebuild(random);
    }
  })();
  const restarting = repeat(options.restarts, RESTART_PAUSE_MS, isHalfDone, async () => {
    await server.restart();
    restarts++;
    samples = [];
  });
  const sampling = repeat(true, SAMPLE_MS, isDone, async () => {
    const usage = server.usage();
    if (usage !== undefined) samples.push(usage.residentBytes);
  });
  const reloading = repeat(options.reloads, RELOAD_PAUSE_MS, isDone, async () => {
    server.reload();
    reloads++;
  });
  const silent: { readonly target: string; readonly why: string }[] = [];
  let questions = 0;
  const asking = Array.from({ length: ASKERS }, async (_, number) => {
    const random = randomNumbers(10 + number);
    while (!isDone()) {
      const weather = WEATHER[Math.floor(random.next().value * WEATHER.length)] ?? 'good';
      const running = random.next().value < 0.3 ? box.last.content.buildId : '0'.repeat(64);
      const target = `/update?name=docker-box&board=odroid-c4&=branch=main&version=&build_id=${running}&question=${++questions}.`;
      const result = await askForUpdate(server.port, target, weather);
      asked[result.kind] = (asked[result.kind] ?? 0) + 1;
      if (result.kind === 'silent') silent.push({ target, why: result.why });
      if (result.kind === 'wrong' || result.kind === 'refused') faults.push(`${result.kind}: ${result.why}`);
      if (result.kind === 'image' && !box.buildIds.has(result.raw)) faults.push('an image that nobody built');
      await pause(random, 1_000);
    }
  });
  let isBuilt = false;
  void building.then(() => {
    isBuilt = true;
  });
  let [boots, flashed] = [0, 0];
  const onBoot = (isFlashed: boolean) => {
    boots++;
    if (isFlashed) flashed++;
  };
  const careers = Array.from({ length: BOARDS }, async (_, number) => {
    try {
      const address = `http://127.0.0.1:${server.port}`;
      await boardCareer({ server: address, box, number, isDone: () => isBuilt, onBoot });
    } catch (error) {
      faults.push(`board ${number}: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  await Promise.all([building, restarting, sampling, reloading, ...asking]);
  await Promise.all(careers);
  await sleep(SETTLE_MS);
  const half = Math.floor(samples.length / 2);
  const resident = [median(samples.slice(0, half)), median(samples.slice(half))] as const;
  const descriptors = await descriptorsOnceIdle(server, idleDescriptors + SPARE_DESCRIPTORS);
  if (descriptors > idleDescriptors + SPARE_DESCRIPTORS)
    faults.push(`descriptors grew from ${idleDescriptors} to ${descriptors}`);
  if (resident[1] - resident[0] > GROWTH_LIMIT_BYTES) faults.push(`memory grew from ${resident[0]} to ${resident[1]}`);
  for (const { target, why } of silent) {
    const isExplained = server.brokenAtOnce.some((line) => line.includes(target));
    if (!isExplained) faults.push(`no answer: ${why}: ${target}`);
  }
  faults.push(...server.complaints);
  if (flashed === 0 || asked.image === undefined) faults.push('no board got an image');
  return {
    builds,
    restarts,
    reloads,
    boots,
    flashed,
    asked,
    residentBytes: resident,
    descriptors: [idleDescriptors, descriptors],
    faults,
  };
}

/** How many it has open once that is at most `limit`, or after a while. */
async function descriptorsOnceIdle(server: SoakedServer, limit: number): Promise<number> {
  const deadline = performance.now() + IDLE_TIMEOUT_MS;
  for (;;) {
    const open = server.usage()?.descriptors ?? 0;
    if (open <= limit || performance.now() > deadline) return open;
    await sleep(SAMPLE_MS);
  }
}

async function repeat(isOn: boolean, pauseMs: number, isDone: () => boolean, act: () => Promise<void>): Promise<void> {
  while (isOn) {
    await sleep(pauseMs);
    if (isDone()) return;
    await act();
  }
}
