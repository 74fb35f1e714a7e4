import { deepEqual, equal } from 'node:assert/strict';
import { mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { readRawImage } from '../../src/contents/raw-image.ts';
import { writeImageSet } from '../fixtures/image-set-files.ts';
import { makeBoxes } from '../images/image-sets.ts';
import { CONF, CONTENT } from './disks.ts';

suite('what is inside a raw image beside a set', () => {
  test('is read from it', async () => {
    await using boxes = await makeBoxes();
    const { image, raw } = await writeImageSet(boxes.at('box'), CONTENT, { keepRaw: true });
    const location = { root: boxes.root, folder: boxes.at('box'), image };
    deepEqual(await readRawImage(location), { partitionsEnd: raw.length, boardConf: CONF, faults: [] });
  });

  test('is told as far as it goes when it is not whole', async () => {
    await using boxes = await makeBoxes();
    const { image, raw, file } = await writeImageSet(boxes.at('box'), CONTENT, { keepRaw: true });
    const location = { root: boxes.root, folder: boxes.at('box'), image };
    await truncate(file('.img'), 1024 * 1024 + 100);
    deepEqual(await readRawImage(location), {
      partitionsEnd: raw.length,
      faults: ['no FAT', 'no root file system'],
    });
    await truncate(file('.img'), 0);
    deepEqual(await readRawImage(location), { faults: ['no partition table'] });
  });

  test('is unknown where there is none, or none that may be read', async () => {
    await using boxes = await makeBoxes();
    const { image, file, raw } = await writeImageSet(boxes.at('box'), CONTENT);
    const location = { root: boxes.root, folder: boxes.at('box'), image };
    equal(await readRawImage(location), undefined);
    await writeFile(boxes.beside('elsewhere'), raw);
    await symlink(boxes.beside('elsewhere'), file('.img'));
    equal(await readRawImage(location), undefined);
    await rm(file('.img'));
    await mkdir(file('.img'));
    equal(await readRawImage(location), undefined);
  });
});
