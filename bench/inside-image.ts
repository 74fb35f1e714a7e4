import { createHash } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { copyFiles } from '../test/contents/ext4/copy-files.ts';
import { makeSetWithTools } from '../test/fixtures/tool-made-set.ts';

/** Milliseconds, and bytes. */
export interface Look {
  readonly openMs: number;
  readonly firstListMs: number;
  readonly walkMs: number;
  readonly entries: number;
  readonly readMs: number;
  /** What it had resident at most, over what it had before. */
  readonly grownBytes: number;
}

/** How often the large file is read. */
export const READS = 20;

const MODULES = path.join(import.meta.dirname, '..', 'node_modules');

/** Files and folders of the root file system. */
export const ENTRIES = 10_000;
export const FILE_BYTES = 5_000_000;
/** With a boot partition of 34 MiB, the image has 600 MB; two thirds of it are filled. */
const ROOT_MIB = 537;
const BALLAST_BYTES = 280_000_000;
/** What the many files are not: programs and libraries. */
const LEAST_BALLAST_FILE_BYTES = 200_000;

/** Where the file of 5 MB is. */
export const LARGE_FILE = '/home/data';

/**
 * Makes an image of 600 MB with mkbox's tools, and its set; its root file system has 10,000 files and folders of
 * `node_modules`, one file of 5 MB, and one that fills it. Answers the raw image.
 */
export async function makeInsideImage(folder: string): Promise<string> {
  const tree = path.join(folder, 'tree');
  await copyFiles(MODULES, path.join(tree, 'usr'), ENTRIES - 4);
  await mkdir(path.join(tree, 'home'), { recursive: true });
  const noise = createHash('shake256', { outputLength: FILE_BYTES }).update('data').digest();
  await writeFile(path.join(tree, LARGE_FILE), noise);
  await fillWithModules(path.join(tree, 'home', 'ballast'));
  const content = { box: 'inside', board: 'board', buildId: '1a'.repeat(32), rootMib: ROOT_MIB, rootTree: tree };
  return `${await makeSetWithTools(path.join(folder, 'boxes', 'inside'), content)}.img`;
}

async function fillWithModules(file: string): Promise<void> {
  let bytes = 0;
  for (const name of (await readdir(MODULES, { recursive: true })).sort()) {
    const { size } = await stat(path.join(MODULES, name));
    if (size < LEAST_BALLAST_FILE_BYTES || !(await stat(path.join(MODULES, name))).isFile()) continue;
    await appendFile(file, await readFile(path.join(MODULES, name)));
    bytes += size;
    if (bytes > BALLAST_BYTES) return;
  }
}
