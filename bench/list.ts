import { setTimeout as sleep } from 'node:timers/promises';
import { request } from './client.ts';
import { writeManySets } from './image-sets.ts';
import type { Scratch } from './scratch.ts';
import { startOurs } from './servers.ts';
import type { Sizes } from './sizes.ts';
import { median } from './statistics.ts';
import type { Row } from './table.ts';

const TARGET_MS = 30;

/** Folders changed within the last two seconds are looked at again at every request; these are not being built. */
const SETTLE_MS = 2_100;

/** Longer than the second after which a list looks at all images again, as files may have been written in place. */
const LOOK_AGAIN_MS = 1_100;

const LOOKS = 5;

/** Milliseconds from a connection's beginning to the end of `/list` over many images, and to the first answer of all. */
export async function measureList(scratch: Scratch, ourProgram: string, sizes: Sizes): Promise<Row[]> {
  const { boxes, imagesPerBox, lists } = sizes;
  const folder = scratch.makeFolder('many-boxes');
  await writeManySets(folder, boxes, imagesPerBox);
  await sleep(SETTLE_MS);
  const began = performance.now();
  const ours = await startOurs(scratch, ourProgram, folder);
  const coldMs = performance.now() - began;
  const times: number[] = [];
  for (let count = 0; count < lists; count++) {
    const { lastByteMs } = await request(new URL('/list', ours.url));
    times.push(lastByteMs);
  }
  const looks: number[] = [];
  for (let count = 0; count < LOOKS; count++) {
    await sleep(LOOK_AGAIN_MS);
    const { lastByteMs } = await request(new URL('/list', ours.url));
    looks.push(lastByteMs);
  }
  await scratch.stop(ours.child);
  const warmMs = median(times);
  const images = (boxes * imagesPerBox).toLocaleString('en');
  return [
    {
      figure: `/list over ${images} images, warm, ms`,
      ours: warmMs.toFixed(1),
      target: `< ${TARGET_MS} ms`,
      met: warmMs < TARGET_MS,
    },
    { figure: '… that looks at all again, once a second, ms', ours: median(looks).toFixed(0) },
    { figure: '… from start to the first answer, ms', ours: coldMs.toFixed(0) },
  ];
}
