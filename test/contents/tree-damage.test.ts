import { ok } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { DamagedVolume } from '../../src/contents/damaged-volume.ts';
import { FatVolume } from '../../src/contents/fat-volume.ts';
import type { FileNode } from '../../src/contents/file-node.ts';
import { readNewcTree } from '../../src/contents/newc-tree.ts';
import { makeDiskImage } from '../fixtures/disk-image.ts';
import { FILE, FOLDER, newcArchive } from '../fixtures/newc-archive.ts';
import { bootOf, CONTENT, diskOf } from './disks.ts';

/** How long bytes are flipped. */
const FUZZ_MS = 1500;
/** No answer may take longer; the machine may be busy. */
const LONGEST_ANSWER_MS = 2000;
const MOST_FILES = 500;
const MOST_BYTES = 4 * 1024 * 1024;

/** Reads what is below a folder; folders that were seen are not looked into again. */
async function readAll(root: FileNode): Promise<void> {
  const waiting = [root];
  const seen = new Set<number>();
  let files = 0;
  for (let node = waiting.pop(); node !== undefined && files < MOST_FILES; node = waiting.pop()) {
    files++;
    if (node.status.type === 'folder' && seen.has(node.status.id)) continue;
    if (node.status.type === 'folder') seen.add(node.status.id);
    await node.target();
    let bytes = 0;
    for await (const piece of node.read()) {
      bytes += piece.length;
      if (bytes > MOST_BYTES) break;
    }
    for await (const child of node.list()) waiting.push(await child.open());
  }
}

/** Flips bytes of `image` at `places` for a while; each time, `read` must end soon, well or in words. */
async function flipBytes(image: Buffer, places: readonly number[], read: () => Promise<void>): Promise<void> {
  const end = performance.now() + FUZZ_MS;
  for (let round = 0; performance.now() < end; round++) {
    const flips = Array.from({ length: 1 + (round % 5) }, () => {
      const at = places[Math.floor(Math.random() * places.length)] ?? 0;
      return { at, kept: image[at] ?? 0, byte: Math.floor(Math.random() * 256) };
    });
    const what = JSON.stringify(flips);
    for (const { at, byte } of flips) image[at] = byte;
    const start = performance.now();
    try {
      await read();
    } catch (error) {
      if (!(error instanceof DamagedVolume)) throw new Error(what, { cause: error });
    }
    ok(performance.now() - start < LONGEST_ANSWER_MS, what);
    for (const { at, kept } of flips.reverse()) image[at] = kept;
  }
}

/** Where bytes are that are not zero. */
function placesOf(bytes: Buffer, start: number, end: number): number[] {
  const places: number[] = [];
  for (let at = start; at < end; at++) if (bytes[at] !== 0) places.push(at);
  return places;
}

suite('damage ends in words, and soon, wherever bytes are flipped', () => {
  test('of a FAT file system', async () => {
    const image = makeDiskImage(CONTENT);
    const boot = bootOf(image);
    const places = placesOf(image, boot.start, boot.start + boot.bytes);
    await flipBytes(image, places, async () => {
      const volume = await FatVolume.open(diskOf(image), boot);
      if (volume !== undefined) await readAll(volume.root());
    });
  });

  test('of a newc archive', async () => {
    const archive = newcArchive(
      [
        { name: 'etc', mode: FOLDER | 0o755 },
        { name: 'etc/passwd', mode: FILE | 0o644, content: Buffer.from('root') },
        { name: 'link', mode: 0o120777, content: Buffer.from('etc/passwd') },
        { name: 'big', mode: FILE | 0o644, content: Buffer.alloc(100_000) },
      ],
      0,
    );
    const open = async function* () {
      yield archive;
    };
    await flipBytes(archive, placesOf(archive, 0, archive.length), async () => readAll(await readNewcTree(open)));
  });
});
