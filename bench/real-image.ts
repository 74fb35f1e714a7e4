import { createReadStream } from 'node:fs';
import { open, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeDiskImage } from '../test/fixtures/disk-image.ts';
import { BUILD_ID } from './image-sets.ts';

const MIB = 2 ** 20;
const SECTOR_BYTES = 512;
const BOOT_BYTES = 128 * MIB;

/** The image's name: what its board.conf says. */
export const REAL_IMAGE = 'bench-box-board';

/** A root partition has room left: a board writes to it. */
const ROOT_FILLED = 2 / 3;

/**
 * Writes a raw image in the real layout: a boot partition of 128 MiB, of which 40 MiB are a kernel that can't be
 * compressed, and a root partition two thirds full of what is in `node_modules`: programs, libraries and texts, as on a
 * board.
 */
export async function writeRawImage(folder: string, bytes: number): Promise<string> {
  const rootSectors = Math.ceil((bytes - BOOT_BYTES) / SECTOR_BYTES);
  const raw = makeDiskImage({
    box: 'bench-box',
    board: 'board',
    buildId: BUILD_ID,
    bootSectors: BOOT_BYTES / SECTOR_BYTES,
    rootSectors,
    noise: 40 * MIB,
  });
  const file = path.join(folder, `${REAL_IMAGE}.img`);
  await writeFile(file, raw);
  await using image = await open(file, 'r+');
  // the first 4 KiB of the root partition look like a file system's
  const rootStart = raw.length - rootSectors * SECTOR_BYTES;
  await fillWithFiles(image, rootStart + 4096, rootStart + Math.floor((raw.length - rootStart) * ROOT_FILLED));
  await image.sync();
  return file;
}

/** Writes file after file of `node_modules` from `start` to `end`. */
async function fillWithFiles(image: { write: FileWrite }, start: number, end: number): Promise<void> {
  const modules = path.join(import.meta.dirname, '..', 'node_modules');
  let position = start;
  for (const name of (await readdir(modules, { recursive: true })).sort()) {
    const file = path.join(modules, name);
    if (!(await stat(file)).isFile()) continue;
    for await (const chunk of createReadStream(file, { highWaterMark: MIB })) {
      const bytes = (chunk as Buffer).subarray(0, end - position);
      await image.write(bytes, 0, bytes.length, position);
      position += bytes.length;
      if (position >= end) return;
    }
  }
}

type FileWrite = (bytes: Buffer, offset: number, length: number, position: number) => Promise<unknown>;
