import path from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { writeSet } from '../../test/images/image-sets.ts';
import { makeSet } from '../../test/server/harness.ts';
import type { Site } from './loads.ts';

/** What the boards get. */
const SOUND_BYTES = 5_000_000;

/** Further images, among which the nearest name is looked for. */
const OTHERS = 1_000;

/** RFC 8878, section 3.1.1: a frame of a single segment that holds one empty block, and the most of these. */
const EMPTY_FRAME = Buffer.from('28b52ffd2000010000', 'hex');
const EMPTY_FRAMES = 2_000_000;

/** Zeros compress a thousandfold and more: so many of them in each of so many frames. */
const ZEROS_PER_FRAME = 64 * 1024 * 1024;
const ZERO_FRAMES = 200;

/** Fills `boxes`: a sound image, some that take long to be found bad, and many more. */
export async function makeAttackedImages(boxes: string): Promise<Omit<Site, 'port'>> {
  await makeSet(boxes, 'box', 'box-pi', SOUND_BYTES);
  const zeros = zstdCompressSync(Buffer.alloc(ZEROS_PER_FRAME));
  await writeSet(boxes, 'bad', 'bad-frames', { zst: repeated(EMPTY_FRAME, EMPTY_FRAMES) });
  await writeSet(boxes, 'bad', 'bad-zeros', { zst: repeated(zeros, ZERO_FRAMES) });
  for (let number = 0; number < OTHERS; number++) {
    await writeSet(path.join(boxes), 'others', `others-board-feature-with-a-long-name-${number}`);
  }
  return { sound: '/update/box/box-pi', bad: ['/update/bad/bad-frames', '/update/bad/bad-zeros'] };
}

function repeated(bytes: Buffer, times: number): Buffer {
  return Buffer.alloc(bytes.length * times, bytes);
}
