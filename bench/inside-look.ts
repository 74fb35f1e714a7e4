/** What looking into an image takes: `node inside-look.ts <image> <cache folder>`. Prints figures as JSON. */
import path from 'node:path';
import { type ImageDisk, openFileDisk } from '../src/checks/image-disk.ts';
import { InsideCache } from '../src/checks/inside-cache.ts';
import type { FileTree } from '../src/contents/file-tree.ts';
import { openRootTree } from '../src/contents/image-trees.ts';
import { LARGE_FILE, type Look, READS } from './inside-image.ts';
import { peakBytes, residentBytes } from './process-stats.ts';

async function look(image: string, cacheFolder: string): Promise<Look> {
  const before = residentBytes(process.pid);
  const start = performance.now();
  const { dir, base } = path.parse(image);
  const cache = new InsideCache(cacheFolder, () => 4e9);
  const disk = await openFileDisk({ root: dir, folder: dir, name: base }, { cache });
  const tree = await treeOf(disk);
  const openMs = performance.now() - start;
  await tree.list('/');
  const firstListMs = performance.now() - start;
  const walkStart = performance.now();
  const entries = await walk(await treeOf(disk)); // without what the first listing has in memory
  const walkMs = performance.now() - walkStart;
  const readStart = performance.now();
  for (let read = 0; read < READS; read++) await readFile(tree);
  const readMs = performance.now() - readStart;
  await disk.close();
  return { openMs, firstListMs, walkMs, entries, readMs, grownBytes: peakBytes(process.pid) - before };
}

async function treeOf(disk: ImageDisk): Promise<FileTree> {
  const opened = await openRootTree(disk);
  if ('kind' in opened) throw new Error(opened.kind);
  return opened.tree;
}

async function walk(tree: FileTree): Promise<number> {
  let entries = 0;
  for await (const files of tree.walk()) {
    for (const file of files) {
      if (!('node' in file)) throw new Error(`${file.path}: ${file.reason}`);
      entries++;
    }
  }
  return entries;
}

async function readFile(tree: FileTree): Promise<void> {
  const pieces = await tree.read(LARGE_FILE);
  if ('kind' in pieces) throw new Error(pieces.kind);
  for await (const _piece of pieces);
}

const [, , image, cacheFolder] = process.argv;
if (image === undefined || cacheFolder === undefined) throw new Error('which image, and where is it kept?');
process.stdout.write(JSON.stringify(await look(image, cacheFolder)));
