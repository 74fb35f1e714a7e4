import { hash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Build, buildOf, FIRST_BUILD, SECOND_BUILD, SUFFIXES, type Suffix, sums } from './build.ts';

/** A box that was built twice, its folder holding the set of the first build. */
export interface Site {
  readonly box: string;
  readonly image: string;
  readonly folder: string;
  readonly first: Build;
  readonly second: Build;
  /** The path of the set's file with this suffix. */
  file(suffix: Suffix | '.img'): string;
  put(suffix: Suffix | '.img', bytes: Buffer | string): Promise<void>;
  /** Puts another `.img.zst` there with a `.img.sha256` that is right about it, and about `raw`: the first build's. */
  putSummed(zst: Buffer, raw?: Buffer): Promise<void>;
}

/**
 * A boot partition of 4 MiB, which mkfs.fat makes FAT32 as it does a large one, and a root partition of 2 MiB: an image
 * in the layout of all others, with a sixth of the bytes to make, check and flash.
 */
const SMALL = { bootSectors: 4 * 2048, rootSectors: 2 * 2048 };

/** Builds the box `box` in a folder of its own in `boxes`. */
export async function makeSite(boxes: string, box: string): Promise<Site> {
  const folder = path.join(boxes, box);
  const content = { box, board: 'odroid-c4', branch: 'main', ...SMALL };
  const first = buildOf({ ...content, buildId: FIRST_BUILD });
  const { image } = first;
  const file = (suffix: string) => path.join(folder, image + suffix);
  const put = (suffix: string, bytes: Buffer | string) => writeFile(file(suffix), bytes);
  await mkdir(folder);
  for (const suffix of SUFFIXES) await put(suffix, first.files[suffix]);
  let second: Build | undefined;
  return {
    ...{ box, image, folder, first, file, put },
    get second() {
      second ??= buildOf({ ...content, buildId: SECOND_BUILD });
      return second;
    },
    async putSummed(zst, raw) {
      await put('.img.zst', zst);
      await put('.img.sha256', sums(image, raw === undefined ? first.rawSha256 : hash('sha256', raw), zst));
    },
  };
}
