import { deepEqual } from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { packChoices, packReason } from '../../../src/editor/words/pack-choices.ts';
import { Catalog } from '../../../src/images/catalog.ts';
import { makeBoxes, makeOld, writeSet } from '../../images/image-sets.ts';
import { PLAIN } from '../plain-words.ts';

suite('the images that can be packed', () => {
  test('are those with a raw file: first what boards cannot get as it is, by ID', async () => {
    await using boxes = await makeBoxes();
    await mkdir(boxes.at('box'));
    for (const name of ['a-older', 'c-newer', 'b-incomplete', 'd-without']) {
      const { file } = await writeSet(boxes.root, 'box', name);
      if (name !== 'd-without') await writeFile(file('.img'), 'raw');
      if (name === 'a-older') await makeOld(file('.img'));
      if (name === 'c-newer') await makeOld(file('.img.zst'));
      if (name === 'b-incomplete') await rm(file('.img.zst'));
    }
    await writeFile(boxes.at('box', 'e-unpacked.img'), 'raw');
    const choices = packChoices(await new Catalog([boxes.root]).refresh());
    deepEqual(
      choices.map((choice) => [choice.image.image, packReason(choice, PLAIN)]),
      [
        ['b-incomplete', 'raw image is newer'],
        ['c-newer', 'raw image is newer'],
        ['e-unpacked', 'not packed'],
        ['a-older', 'packed already'],
      ],
    );
  });

  test('are those of all image folders, also of those that another hides', async () => {
    await using first = await makeBoxes();
    await using second = await makeBoxes();
    await writeSet(first.root, 'box', 'box-pi');
    const { file } = await writeSet(second.root, 'box', 'box-pi');
    await writeFile(file('.img'), 'raw');
    const choices = packChoices(await new Catalog([first.root, second.root]).refresh());
    deepEqual(
      choices.map(({ image }) => image.root),
      [second.root],
    );
  });
});
