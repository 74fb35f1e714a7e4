import { deepEqual, equal } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readlink, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { Catalog } from '../../src/images/catalog.ts';
import { openImageSet } from '../../src/images/image-set.ts';
import { type BoxesFolder, makeBoxes, type WrittenSet, writeSet } from './image-sets.ts';

/** The files below the image folder, and beside it, that this process has open (proc(5)). */
async function openFiles(boxes: BoxesFolder): Promise<string[]> {
  const descriptors = await readdir('/proc/self/fd');
  const links = await Promise.all(descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return links.filter((link) => link.startsWith(boxes.beside()));
}

/** Ways to spoil one file of a set. */
const SPOILS: Readonly<Record<string, (file: string, boxes: BoxesFolder) => Promise<unknown>>> = {
  'is not there': (file) => rm(file),
  'is empty': (file) => truncate(file),
  'says nothing': (file) => writeFile(file, 'nothing'),
  'is far too long': (file) => writeFile(file, 'x'.repeat(100_000)),
  async 'is a folder'(file) {
    await rm(file);
    await mkdir(file);
  },
  async 'is a FIFO'(file) {
    await rm(file);
    execFileSync('mkfifo', [file]);
  },
  async 'lies outside'(_file, boxes) {
    await writeSet(boxes.beside(), 'elsewhere', 'box-pi');
    await rm(boxes.at('box'), { recursive: true });
    await symlink('../elsewhere', boxes.at('box'));
  },
};

suite('no file stays open', { skip: process.platform !== 'linux' && 'only Linux tells which are' }, () => {
  test('but the image of a set that is open', async () => {
    await using boxes = await makeBoxes();
    const { location, file } = await writeSet(boxes.root, 'box', 'box-pi');
    const set = await openImageSet(location);
    if ('problem' in set) throw new Error(set.problem);
    deepEqual(await openFiles(boxes), [file('.img.zst')]);
    await set.close();
    deepEqual(await openFiles(boxes), []);
  });

  for (const suffix of ['.img.zst', '.img.sha256', '.img.buildID']) {
    for (const [what, spoil] of Object.entries(SPOILS)) {
      test(`of a set whose ${suffix} ${what}`, async () => {
        await using boxes = await makeBoxes();
        const written = await writeSet(boxes.root, 'box', 'box-pi');
        await spoil(written.file(suffix), boxes);
        await lookTwice(boxes, written);
        deepEqual(await openFiles(boxes), []);
      });
    }
  }
});

/** Looks at a set by itself, and by way of a catalog. */
async function lookTwice(boxes: BoxesFolder, { location }: WrittenSet): Promise<void> {
  const set = await openImageSet(location);
  if (!('problem' in set)) await set.close();
  const catalog = new Catalog([boxes.root]);
  await catalog.refresh();
  equal(await catalog.refresh(true), catalog.snapshot);
}
