import { equal, notEqual } from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { imageOf } from '../../../src/editor/commands/rows.ts';
import { rowNow } from '../../../src/editor/views/row-now.ts';
import { Catalog, type CatalogImage } from '../../../src/images/catalog.ts';
import { BUILD_A, BUILD_B, makeBoxes, writeSet } from '../../images/image-sets.ts';

const buildOf = (image: CatalogImage | undefined) => (image?.state.kind === 'ready' ? image.state.buildId : undefined);

suite('a row that was drawn before', () => {
  test('has the build that is there now, not the one that was drawn', async () => {
    await using boxes = await makeBoxes();
    const catalog = new Catalog([boxes.root]);
    await writeSet(boxes.root, 'box', 'box-pi', { buildId: BUILD_A });
    const [image] = (await catalog.refresh()).images;
    if (image === undefined) throw new Error('no image');
    await writeSet(boxes.root, 'box', 'box-pi', { buildId: BUILD_B });
    const row = rowNow({ kind: 'image', image } as const, await catalog.refresh());
    equal(buildOf(imageOf(row)), BUILD_B);
  });

  test('stays with the folder that it was drawn of, where two have an image of that ID', async () => {
    await using first = await makeBoxes();
    await using second = await makeBoxes();
    const catalog = new Catalog([first.root, second.root]);
    await writeSet(first.root, 'box', 'box-pi', { buildId: BUILD_A });
    await writeSet(second.root, 'box', 'box-pi', { buildId: BUILD_A });
    const [image] = (await catalog.refresh()).shadowed;
    if (image === undefined) throw new Error('no image');
    await writeSet(second.root, 'box', 'box-pi', { buildId: BUILD_B });
    const now = imageOf(rowNow({ kind: 'image', image } as const, await catalog.refresh()));
    equal(now?.root, second.root);
    equal(buildOf(now), BUILD_B);
  });

  test('has what there is of a raw image now', async () => {
    await using boxes = await makeBoxes();
    const catalog = new Catalog([boxes.root]);
    const file = boxes.at('box', 'box-pi.img');
    await mkdir(boxes.at('box'), { recursive: true });
    await writeFile(file, 'half of it');
    const [image] = (await catalog.refresh()).unpacked;
    if (image === undefined) throw new Error('no image');
    await writeFile(file, 'all that there is of it');
    const row = rowNow({ kind: 'unpacked', image } as const, await catalog.refresh());
    equal(row.image.bytes, 'all that there is of it'.length);
  });

  test('is as it was drawn where its image is gone, or where it is none of an image', async () => {
    await using boxes = await makeBoxes();
    const catalog = new Catalog([boxes.root]);
    await writeSet(boxes.root, 'box', 'box-pi');
    const [image] = (await catalog.refresh()).images;
    if (image === undefined) throw new Error('no image');
    await rm(boxes.at('box'), { recursive: true });
    const snapshot = await catalog.refresh();
    const row = { kind: 'image', image } as const;
    notEqual(snapshot.byId.get(image.id), image);
    equal(rowNow(row, snapshot), row);
    equal(rowNow('selection', snapshot), 'selection');
    equal(rowNow(undefined, snapshot), undefined);
  });
});
