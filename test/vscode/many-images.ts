/** A workspace of 300 images: what a small firm has, by boxes, boards, branches and versions. */
import { hash } from 'node:crypto';
import { cp, rm, utimes } from 'node:fs/promises';
import path from 'node:path';
import { type WrittenSet, writeImageSet } from '../fixtures/image-set-files.ts';
import type { Bench } from './mkbox.ts';

/** A set of a box and one of its boards. */
export interface MadeImage extends WrittenSet {
  readonly box: string;
  readonly board: string;
  /** Empty where its name has none, as its version. */
  readonly branch: string;
  readonly version: string;
}

/** Images that the demo has already. */
const IN_THE_DEMO = 6;
export const IMAGES = 300;

const BOXES = ['audio-hub', 'display-wall', 'docker-box', 'gate-reader', 'kiosk', 'lab-probe', 'sign-post'];
const BOARDS = ['beaglebone-green', 'odroid-c4', 'phycore-imx8mp', 'raspberrypi-cm4-io-board'];
/** Branches and versions. */
const WAYS: readonly (readonly [string, string])[] = [
  ['main', ''],
  ['main', '1.9.0'],
  ['main', '1.10.0'],
  ['release', '2.0.0'],
  ['release', '2.0.1'],
  ['feature-rotation', ''],
  ['feature-touchscreen-driver', ''],
  ['hotfix', '1.9.1'],
  ['hotfix', '1.9.2'],
  ['nightly', ''],
  ['', '0.9.0'],
];
/** Tiny partitions: thousands of images would be made in seconds. */
const SMALL = { firstSector: 64, bootSectors: 128, rootSectors: 8, loaderBytes: 16, noise: 16 };
const HOUR_MS = 3_600_000;

/** Adds images to the demo, and boards that they are for, until there are 300; some are not as they should be. */
export async function addManyImages({ demo, boxes }: Bench): Promise<readonly MadeImage[]> {
  for (const board of BOARDS.slice(2)) {
    await cp(path.join(demo, 'boards/odroid-c4'), path.join(demo, 'boards', board), { recursive: true });
  }
  const names = BOXES.flatMap((box) =>
    BOARDS.flatMap((board) => WAYS.map(([branch, version]) => ({ box, board, branch, version }))),
  ).filter(({ box, board, branch }) => box !== 'docker-box' || board !== 'odroid-c4' || branch !== 'main');
  const wanted = names.slice(0, IMAGES - IN_THE_DEMO);
  const made: MadeImage[] = [];
  for (const [index, name] of wanted.entries()) {
    const content = { ...name, buildId: hash('sha256', JSON.stringify(name)), ...SMALL };
    const set = { ...(await writeImageSet(path.join(boxes, name.box), content)), ...name };
    const builtAt = new Date(Date.now() - index * HOUR_MS);
    for (const suffix of ['.img.zst', '.img.buildID']) await utimes(set.file(suffix), builtAt, builtAt);
    made.push(set);
  }
  await spoil(made);
  return made;
}

/** Takes away what makes a set whole, of one in fifty; of as many, what makes it right. */
async function spoil(made: readonly MadeImage[]): Promise<void> {
  for (const [index, set] of made.entries()) {
    const other = made[index + 1];
    if (index % 50 === 20) await rm(set.file('.img.sha256'));
    if (index % 50 === 30 && other !== undefined) await cp(other.file('.img.zst'), set.file('.img.zst'));
  }
}
