import { equal } from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { Catalog } from '../../../src/images/catalog.ts';
import { SetLooks } from '../../../src/server/decision/set-looks.ts';
import { BUILD_A, makeBoxes, writeSet } from '../../images/image-sets.ts';

suite('a look at a set', () => {
  test('tells its build ID to those that come meanwhile, and to nobody afterwards', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    const [image] = (await new Catalog([boxes.root]).refresh()).images;
    if (image === undefined) throw new Error('no image');
    const looks = new SetLooks();
    equal(await looks.buildIdInSight(image), undefined);
    const opening = looks.open(image);
    equal(await looks.buildIdInSight(image), BUILD_A);
    const set = await opening;
    if ('problem' in set) throw new Error(set.problem);
    await set.close();
    equal(await looks.buildIdInSight(image), undefined);
  });

  test('tells them nothing when it finds no set', async () => {
    await using boxes = await makeBoxes();
    const { file } = await writeSet(boxes.root, 'box', 'box-pi');
    const [image] = (await new Catalog([boxes.root]).refresh()).images;
    if (image === undefined) throw new Error('no image');
    await rm(file('.img.buildID'));
    const looks = new SetLooks();
    const opening = looks.open(image);
    equal(await looks.buildIdInSight(image), undefined);
    equal('problem' in (await opening), true);
  });
});
