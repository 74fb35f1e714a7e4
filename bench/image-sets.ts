import { createHash, randomFillSync } from 'node:crypto';
import { createReadStream } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { zstWith } from '../test/fixtures/smallest-image.ts';

/** The build that all images of the bench are. */
export const BUILD_ID = createHash('sha256').update('bench').digest('hex');

const CHUNK_BYTES = 4 * 1024 * 1024;

/** Writes a complete image set whose `.img.zst` is `bytes` mostly random bytes: nothing on the way can compress them. */
export async function writeRandomSet(folder: string, image: string, bytes: number): Promise<void> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const file = await fs.open(path.join(folder, `${image}.img.zst`), 'w');
  const begin = zstBeginning(image, bytes);
  await file.write(begin);
  for (let left = bytes - begin.length; left > 0; left -= CHUNK_BYTES) {
    await file.write(randomFillSync(chunk), 0, Math.min(left, CHUNK_BYTES));
  }
  await file.sync(); // or the kernel would write it out while something is timed
  await file.close();
  await writeRest(folder, image);
}

/** Writes a complete image set whose `.img.zst` is a hole of `bytes` bytes. */
export async function writeSparseSet(folder: string, image: string, bytes: number): Promise<void> {
  const file = await fs.open(path.join(folder, `${image}.img.zst`), 'w');
  await file.write(zstBeginning(image, bytes));
  await file.truncate(bytes);
  await file.close();
  await writeRest(folder, image);
}

/** Writes `boxes` folders of `imagesPerBox` complete sets each, of a few bytes. */
export async function writeManySets(folder: string, boxes: number, imagesPerBox: number): Promise<void> {
  for (let box = 0; box < boxes; box++) {
    const name = `box-${box}`;
    const boxFolder = path.join(folder, name);
    await fs.mkdir(boxFolder);
    await Promise.all(
      Array.from({ length: imagesPerBox }, async (_, image) => {
        const imageName = `${name}-board-${image}`;
        const zst = zstWith({ box: name, image: imageName, buildId: BUILD_ID, firstSector: 64 }, Buffer.alloc(0));
        await fs.writeFile(path.join(boxFolder, `${imageName}.img.zst`), zst);
        await writeRest(boxFolder, imageName);
      }),
    );
  }
}

/** What a zstd file of `bytes` bytes begins with, so that all the rest may be anything: a tiny image, and a frame to skip. */
function zstBeginning(image: string, bytes: number): Buffer {
  const begin = zstWith({ box: boxOf(image), image, buildId: BUILD_ID }, Buffer.alloc(0));
  begin.writeUInt32LE(bytes - begin.length, begin.length - 4); // the size of what is skipped
  return begin;
}

/** The box of an image of the bench, which all are for the board `board`. */
function boxOf(image: string): string {
  return image.replace(/-board(?:-\d+)?$/, '');
}

/** The two small files, with the true digest of the `.img.zst`; there is no raw image, as on a server. */
async function writeRest(folder: string, image: string): Promise<void> {
  const hash = createHash('sha256');
  const stem = path.join(folder, `${image}.img`);
  await pipeline(createReadStream(`${stem}.zst`, { highWaterMark: CHUNK_BYTES }), hash);
  await fs.writeFile(`${stem}.sha256`, `${hash.digest('hex')}  ${image}.img.zst\n`);
  await fs.writeFile(`${stem}.buildID`, `${BUILD_ID}  ${image}.img\n`);
}
