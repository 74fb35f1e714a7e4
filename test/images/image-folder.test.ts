import { deepEqual, equal } from 'node:assert/strict';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { Catalog } from '../../src/images/catalog.ts';
import { looseImagesText } from '../../src/images/skipped-text.ts';
import { makeBoxes, writeSet } from './image-sets.ts';

suite('images in the image folder itself', () => {
  test('are told of where no folder in it has any, as long as they are there', async () => {
    await using boxes = await makeBoxes();
    const { file } = await writeSet(boxes.root, 'box', 'box-pi');
    await mkdir(boxes.at('box', 'files'));
    const catalog = new Catalog([boxes.at('box')]);
    const { loose, images } = await catalog.refresh();
    deepEqual([loose, images], [[boxes.at('box')], []]);
    equal(
      looseImagesText(boxes.at('box')),
      `images lie in ${boxes.at('box')} itself, but only those in the folders in it are served: IMAGE_PATH must be the folder above, ${boxes.root}`,
    );
    await rm(file('.img.zst'));
    deepEqual((await catalog.refresh()).loose, []);
    await rename(boxes.at('box'), boxes.at('away'));
    deepEqual((await catalog.refresh()).loose, []);
  });

  test('are none where folders have some, nor where there is only something else', async () => {
    await using boxes = await makeBoxes();
    await writeFile(boxes.at('notes.txt'), '');
    await mkdir(boxes.at('folder.img.zst'));
    const catalog = new Catalog([boxes.root]);
    deepEqual((await catalog.refresh()).loose, []);
    await writeFile(boxes.at('backup.img.zst'), '');
    deepEqual((await catalog.refresh()).loose, [boxes.root]);
    await writeSet(boxes.root, 'box', 'box-pi');
    deepEqual((await catalog.refresh()).loose, []);
  });
});
