import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { ImageChecks } from '../../src/checks/image-checks.ts';
import { KnownExaminations } from '../../src/checks/known-examinations.ts';
import { smallImage } from '../fixtures/smallest-image.ts';
import { buildId, makeSet } from './harness.ts';

/**
 * Makes a set whose `.img.zst` is a hole of `size` bytes, and answers checks that know it, as a server does that examined
 * it before it was started anew: reading that much would take a test too long.
 */
export async function makeHugeSet(boxes: string, box: string, image: string, size: number): Promise<ImageChecks> {
  const zst = await makeSet(boxes, box, image, 10);
  const filePath = path.join(boxes, box, `${image}.img.zst`);
  const { rawSha256, rawBytes } = smallImage({ box, image, buildId: buildId() });
  await using file = await open(filePath, 'r+');
  await file.truncate(size);
  const cachePath = path.join(boxes, '..', 'checks.json');
  const known = await KnownExaminations.open(cachePath);
  known.set(await stat(filePath, { bigint: true }), {
    zstSha256: createHash('sha256').update(zst).digest('hex'),
    examinedAtMs: 0,
    content: {
      kind: 'sound',
      frames: 1,
      isChecksummed: true,
      windowBytes: 1024,
      rawSha256,
      rawBytes,
      inside: {
        partitionsEnd: rawBytes,
        boardConf: { box, board: image.slice(box.length + 1), buildId: buildId() },
        faults: [],
      },
    },
  });
  await known.save();
  return ImageChecks.open(cachePath);
}
