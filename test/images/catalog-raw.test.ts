import { deepEqual, equal } from 'node:assert/strict';
import { mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { Catalog, type CatalogSnapshot } from '../../src/images/catalog.ts';
import { nearestImage, resolveQuery } from '../../src/images/resolution.ts';
import { type BoxesFolder, makeBoxes, makeOld, writeSet } from './image-sets.ts';

const BOARD = { name: 'box', board: 'pi' };

/** Writes a raw image, and answers where. */
async function writeRaw(boxes: BoxesFolder, box: string, image: string, bytes = 512): Promise<string> {
  await mkdir(boxes.at(box), { recursive: true });
  const file = boxes.at(box, `${image}.img`);
  await writeFile(file, Buffer.alloc(bytes));
  return file;
}

function unpacked({ unpacked: images }: CatalogSnapshot): string[] {
  return images.map(({ id }) => id);
}

suite('a raw image without any file of a set', () => {
  test('is known apart from the sets, with its size and its time', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    const file = await writeRaw(boxes, 'box', 'box-pi-main', 1024);
    await makeOld(file);
    const { images, byId, byName, unpacked: raws } = await new Catalog([boxes.root]).refresh();
    deepEqual(
      images.map(({ id }) => id),
      ['box/box-pi'],
    );
    deepEqual([byId.has('box/box-pi-main'), byName.has('box-pi-main')], [false, false]);
    deepEqual(raws, [
      {
        root: boxes.root,
        folder: boxes.at('box'),
        image: 'box-pi-main',
        id: 'box/box-pi-main',
        box: 'box',
        bytes: 1024,
        writtenAtMs: 1_600_000_000_000,
      },
    ]);
  });

  test('does not decide for a board: the next candidate does', async () => {
    await using boxes = await makeBoxes();
    await writeRaw(boxes, 'box', 'box-pi-master');
    await writeSet(boxes.root, 'box', 'box-pi-main');
    const snapshot = await new Catalog([boxes.root]).refresh();
    equal(resolveQuery(snapshot, BOARD).found?.id, 'box/box-pi-main');
    equal(nearestImage(snapshot, 'box', ['box-pi-master']), 'box-pi-main');
    equal(resolveQuery(snapshot, { ...BOARD, branch: 'master' }).found, undefined);
  });

  test('becomes an image with the first file of its set', async () => {
    await using boxes = await makeBoxes();
    await writeRaw(boxes, 'box', 'box-pi');
    const catalog = new Catalog([boxes.root]);
    deepEqual(unpacked(await catalog.refresh()), ['box/box-pi']);
    await writeFile(boxes.at('box', 'box-pi.img.buildID'), '');
    const { images, unpacked: none } = await catalog.refresh();
    deepEqual(none, []);
    deepEqual(
      images.map(({ id, state, raw }) => [id, state.kind, raw]),
      [['box/box-pi', 'incomplete', 'newer']],
    );
  });

  test('is seen growing by a thorough look, and going by any', async () => {
    await using boxes = await makeBoxes();
    const file = await writeRaw(boxes, 'box', 'box-pi');
    await makeOld(boxes.at('box'));
    const catalog = new Catalog([boxes.root]);
    const before = await catalog.refresh();
    equal(await catalog.refresh(true), before);
    await writeFile(file, Buffer.alloc(2048));
    equal((await catalog.refresh(true)).unpacked[0]?.bytes, 2048);
    await rm(file);
    deepEqual(unpacked(await catalog.refresh()), []);
  });

  test('is none where it is a link, a folder or hidden, or its name cannot stand in a list', async () => {
    await using boxes = await makeBoxes();
    const file = await writeRaw(boxes, 'box', 'box-pi');
    await symlink(file, boxes.at('box', 'link-pi.img'));
    await mkdir(boxes.at('box', 'folder-pi.img'));
    for (const name of ['.hidden-pi', 'new\nline-pi', '']) await writeRaw(boxes, 'box', name);
    deepEqual(unpacked(await new Catalog([boxes.root]).refresh()), ['box/box-pi']);
  });
});

suite('a raw image beside its set', () => {
  const ageOf = async (boxes: BoxesFolder) => (await new Catalog([boxes.root]).refresh()).byId.get('box/box-pi')?.raw;

  test('is older than the .img.zst after a build', async () => {
    await using boxes = await makeBoxes();
    await makeOld(await writeRaw(boxes, 'box', 'box-pi'));
    await writeSet(boxes.root, 'box', 'box-pi');
    equal(await ageOf(boxes), 'older');
  });

  test('is newer when it was written later, and not when it was at the same time', async () => {
    await using boxes = await makeBoxes();
    const { file } = await writeSet(boxes.root, 'box', 'box-pi');
    const raw = await writeRaw(boxes, 'box', 'box-pi');
    await makeOld(file('.img.zst'));
    equal(await ageOf(boxes), 'newer');
    await makeOld(raw);
    equal(await ageOf(boxes), 'older');
  });

  test('is newer where the .img.zst is missing', async () => {
    await using boxes = await makeBoxes();
    await makeOld(await writeRaw(boxes, 'box', 'box-pi'));
    await rm((await writeSet(boxes.root, 'box', 'box-pi')).file('.img.zst'));
    equal(await ageOf(boxes), 'newer');
  });

  test('is not told of where there is none', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    equal(await ageOf(boxes), undefined);
  });

  test('changes nothing that was seen of the set', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    const catalog = new Catalog([boxes.root]);
    const before = (await catalog.refresh()).byId.get('box/box-pi');
    const raw = await writeRaw(boxes, 'box', 'box-pi');
    const later = Date.now() / 1000 + 60;
    await utimes(raw, later, later);
    const after = (await catalog.refresh(true)).byId.get('box/box-pi');
    equal(after?.raw, 'newer');
    equal(after?.state, before?.state);
  });
});
