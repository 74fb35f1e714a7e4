import { ok } from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { DamagedVolume } from '../../../src/contents/damaged-volume.ts';
import { ExtVolume } from '../../../src/contents/ext4/ext-volume.ts';
import type { FileNode } from '../../../src/contents/file-node.ts';
import { diskOf } from '../disks.ts';
import { makeExtImage, makeTree } from './ext-image.ts';

/** How long bytes are flipped, of each image. */
const FUZZ_MS = 1700;
/** No answer may take longer; the machine may be busy. */
const LONGEST_ANSWER_MS = 2000;
const MOST_FILES = 2000;
/** Of a file, so many bytes are read. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Numbers from 0 to below `limit`, the same ones for the same seed (a linear congruential generator). */
function numbersFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Answers what `ask` does, or undefined where it says that the volume is damaged; it may not take long. */
async function answerOf<T>(ask: () => Promise<T>, what: string): Promise<T | undefined> {
  const start = performance.now();
  try {
    return await ask();
  } catch (error) {
    if (error instanceof DamagedVolume) return undefined;
    throw new Error(what, { cause: error });
  } finally {
    const ms = performance.now() - start;
    ok(ms < LONGEST_ANSWER_MS, `${what} took ${ms} ms`);
  }
}

async function readAll(image: Buffer, what: string): Promise<void> {
  const partition = { number: 2, type: 0x83, start: 0, bytes: image.length };
  const volume = await ExtVolume.open(diskOf(image), partition);
  if (!(volume instanceof ExtVolume)) return;
  const waiting = [await answerOf(() => volume.root(), what)];
  const seen = new Set<number>();
  for (let node = waiting.pop(); node !== undefined && seen.size < MOST_FILES; node = waiting.pop()) {
    if (seen.has(node.status.id)) continue;
    seen.add(node.status.id);
    await answerOf(() => contentOf(node), what);
    waiting.push(...((await answerOf(() => childrenOf(node, what), what)) ?? []));
  }
}

async function contentOf(node: FileNode): Promise<void> {
  await node.target();
  let bytes = 0;
  for await (const piece of node.read()) {
    bytes += piece.length;
    if (bytes > MOST_BYTES) return;
  }
}

async function childrenOf(node: FileNode, what: string): Promise<FileNode[]> {
  const children: FileNode[] = [];
  for await (const child of node.list()) {
    const opened = await answerOf(() => child.open(), what);
    if (opened !== undefined) children.push(opened);
  }
  return children;
}

suite('damage in a file system ends in words, and soon', () => {
  let tree: string;
  before(async () => {
    tree = await mkdtemp(path.join(tmpdir(), 'mkbox-tree-'));
    await makeTree(tree, 20);
  });
  after(() => rm(tree, { recursive: true }));

  // checksums would tell of most flips before anything is read
  for (const options of ['-O ^metadata_csum -b 1024', '-t ext2 -b 1024', '-O inline_data,^metadata_csum', '-b 1024']) {
    test(`wherever bytes are flipped, of one made with ${options}`, async () => {
      const image = await makeExtImage(tree, { options: [...options.split(' '), '-N', '256'], megabytes: 16 });
      // what describes files is what matters: bytes that are not zero, in the first 600 KiB
      const places = [...image.subarray(0, 600 * 1024).keys()].filter((at) => at >= 1024 && image[at] !== 0);
      const seed = Date.now() % 1_000_000;
      const next = numbersFrom(seed);
      const end = performance.now() + FUZZ_MS;
      for (let round = 0; performance.now() < end; round++) {
        const flipped = Array.from({ length: 1 + next(8) }, () => places[next(places.length)] ?? 0);
        const kept = flipped.map((at) => image[at] ?? 0);
        for (const at of flipped) image[at] = next(256);
        await readAll(image, `seed ${seed}, round ${round}`);
        for (const [index, at] of [...flipped.entries()].reverse()) image[at] = kept[index] ?? 0;
      }
    });
  }

  test('where the image is cut', async () => {
    const image = await makeExtImage(tree, { options: ['-b', '1024'], megabytes: 16 });
    for (let bytes = 4096; bytes < image.length; bytes *= 2) {
      const cut = { size: bytes, read: diskOf(image.subarray(0, bytes)).read };
      const partition = { number: 2, type: 0x83, start: 0, bytes: image.length };
      const volume = await ExtVolume.open(cut, partition);
      if (!(volume instanceof ExtVolume)) continue;
      const root = await answerOf(() => volume.root(), `cut at ${bytes}`);
      if (root !== undefined) await answerOf(() => childrenOf(root, `cut at ${bytes}`), `cut at ${bytes}`);
    }
  });
});
