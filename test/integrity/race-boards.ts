import { deepEqual, equal } from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { UP_TO_DATE_AGE_MS } from '../../src/server/limits.ts';
import { type Board, type Boot, createBoard } from '../board/board.ts';
import { pause, type RebuiltBox, randomNumbers } from './rebuilt-box.ts';

/** A board is on for so long, at most, until it is booted again. */
const ON_MS = 2_000;

/** A slow line, on which a transfer takes long enough to see a build come (bytes per second). */
const SLOW_LINE = '6M';

/** A board that has found the last build is up to date at its next boot; some more go wrong on the way. */
const LAST_BOOTS = 5;

/** How a board is booted again and again. */
export interface CareerOptions {
  /** The update server's address. */
  readonly server: string;
  readonly box: RebuiltBox;
  readonly number: number;
  readonly isDone: () => boolean;
  readonly onBoot: (isFlashed: boolean) => void;
}

/**
 * Boots a board again and again until `isDone`, and then until it is up to date: it must run the last build then.
 * Whatever happens, its disk holds a build, whole, or what was there before it was first flashed.
 */
export async function boardCareer({ server, box, number, isDone, onBoot }: CareerOptions): Promise<void> {
  await using board = await createBoard({ server, name: 'docker-box', board: 'odroid-c4', branch: 'main' });
  const random = randomNumbers(number);
  const options = number % 2 === 0 ? {} : { limitRate: SLOW_LINE };
  const flashed: string[] = [];
  let disk = await board.diskSha256();
  const bootOnce = async () => {
    const boot = await board.boot(options);
    equal(boot.exit, 0, boot.output);
    if (boot.flashed) flashed.push(await flashedBuild(board, boot, box));
    else equal(boot.diskSha256, disk, boot.output);
    disk = boot.diskSha256;
    onBoot(boot.flashed);
    return boot.flashed;
  };
  while (!isDone()) {
    await bootOnce();
    await pause(random, ON_MS);
  }
  for (let last = 1; last <= LAST_BOOTS && disk !== box.last.rawSha256; last++) {
    await setTimeout(UP_TO_DATE_AGE_MS); // so long what was true a moment ago may be told
    await bootOnce();
  }
  equal(disk, box.last.rawSha256, `board ${number} runs the last build`);
  equal(await bootOnce(), false, `board ${number} is up to date`);
  deepEqual(flashed, [...new Set(flashed)], `board ${number} flashed each build once`);
}

/** The ID of the build that was flashed, which must be the one that the board will report. */
async function flashedBuild(board: Board, { diskSha256, output }: Boot, { buildIds }: RebuiltBox): Promise<string> {
  const build = buildIds.get(diskSha256);
  const [, reported] = /^buildID="?(\w+)"?$/m.exec(await board.boardConf()) ?? [];
  equal(reported, build ?? 'a complete build', output);
  return reported ?? '';
}
