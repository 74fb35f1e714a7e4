import { deepEqual, equal } from 'node:assert/strict';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { Catalog, type CatalogSnapshot } from '../../src/images/catalog.ts';
import { BUILD_A, BUILD_B, makeBoxes, writeSet } from './image-sets.ts';

async function look(...roots: string[]): Promise<CatalogSnapshot> {
  return await new Catalog(roots).refresh();
}

function ids(images: Iterable<{ readonly id: string }>): string[] {
  return [...images].map(({ id }) => id);
}

suite('a catalog', () => {
  test('knows nothing before its first look', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    deepEqual(new Catalog([boxes.root]).snapshot.images, []);
  });

  test('holds all images, by ID in the order of code units', async () => {
    await using boxes = await makeBoxes();
    for (const id of ['b/b-pi', 'b/b-pi-main', 'a-b/a-b-pi', 'a/a-pi', 'B/B-pi', 'ä/ä-pi', 'a/Z-pi']) {
      await writeSet(boxes.root, ...(id.split('/') as [string, string]));
    }
    const { images, byId } = await look(boxes.root);
    const sorted = ['B/B-pi', 'a-b/a-b-pi', 'a/Z-pi', 'a/a-pi', 'b/b-pi', 'b/b-pi-main', 'ä/ä-pi'];
    deepEqual(ids(images), sorted);
    deepEqual([...byId.keys()].sort(), sorted);
  });

  test('tells of a complete image what its files say', async () => {
    await using boxes = await makeBoxes();
    const { checksums, zst } = await writeSet(boxes.root, 'box', 'box-pi', { buildId: BUILD_B });
    const image = (await look(boxes.root)).byId.get('box/box-pi');
    if (image?.state.kind !== 'ready') throw new Error('not ready');
    const { state, ...where } = image;
    deepEqual(where, { root: boxes.root, folder: boxes.at('box'), image: 'box-pi', id: 'box/box-pi', box: 'box' });
    deepEqual([state.buildId, state.checksums, state.zstBytes], [BUILD_B, checksums, zst.length]);
  });

  test('holds incomplete images too, with what is wrong', async () => {
    await using boxes = await makeBoxes();
    await rm((await writeSet(boxes.root, 'box', 'box-pi')).file('.img.sha256'));
    const { byId } = await look(boxes.root);
    deepEqual(byId.get('box/box-pi')?.state, {
      kind: 'incomplete',
      fault: { file: 'box-pi.img.sha256', problem: 'missing' },
    });
  });

  test('finds all images of a name, by the folders they lie in', async () => {
    await using boxes = await makeBoxes();
    for (const box of ['two', 'one']) await writeSet(boxes.root, box, 'led-pi');
    await writeSet(boxes.root, 'one', 'one-pi');
    deepEqual(ids((await look(boxes.root)).byName.get('led-pi') ?? []), ['one/led-pi', 'two/led-pi']);
  });

  test('knows the folders, with images or without', async () => {
    await using boxes = await makeBoxes();
    await mkdir(boxes.at('empty'));
    await writeSet(boxes.root, 'box', 'box-pi');
    await writeFile(boxes.at('file'), '');
    deepEqual((await look(boxes.root)).boxes, [
      { name: 'box', path: boxes.at('box') },
      { name: 'empty', path: boxes.at('empty') },
    ]);
  });
});

suite('a catalog leaves out', () => {
  test('hidden folders and images', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, '.git', 'box-pi');
    await writeSet(boxes.root, 'box', '.box-pi');
    await writeSet(boxes.root, 'box', 'box-pi');
    deepEqual(ids((await look(boxes.root)).images), ['box/box-pi']);
  });

  test('names that cannot stand in a list, and keeps odd ones that can', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box\n-pi');
    await writeSet(boxes.root, 'bo\u001bx', 'box-pi');
    await writeSet(boxes.root, 'a box', 'a % ?-pi');
    deepEqual(ids((await look(boxes.root)).images), ['a box/a % ?-pi']);
  });

  test('names that are not UTF-8, which no request could name', async () => {
    await using boxes = await makeBoxes();
    await mkdir(boxes.at('box'));
    const odd = Buffer.concat([Buffer.from(`${boxes.at('box')}/`), Buffer.from([0xe9]), Buffer.from('-pi.img.zst')]);
    await writeFile(odd, 'compressed');
    deepEqual(ids((await look(boxes.root)).images), []);
  });

  test('files that lie beside the boxes, and deeper than them', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, '.', 'top-pi');
    await writeSet(boxes.root, 'box/deep', 'deep-pi');
    deepEqual(ids((await look(boxes.root)).images), []);
  });

  test('linked folders that lead outside, not those that lead inside', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    await writeSet(boxes.beside(), 'boxes-evil', 'evil-pi');
    await symlink('../boxes-evil', boxes.at('evil'));
    await symlink('.', boxes.at('self'));
    await symlink('nowhere', boxes.at('gone'));
    await symlink('box', boxes.at('alias'));
    const { images, boxes: folders } = await look(boxes.root);
    deepEqual(ids(images), ['alias/box-pi', 'box/box-pi']);
    deepEqual(
      folders.map(({ name }) => name),
      ['alias', 'box'],
    );
  });

  test('folders that are plain files and image folders that are not there', async () => {
    await using boxes = await makeBoxes();
    await writeFile(boxes.beside('file'), '');
    deepEqual((await look(boxes.beside('none'), boxes.beside('file'))).images, []);
  });
});

suite('a catalog of several image folders', () => {
  test('serves of two images with the same ID the one of the earlier folder, and knows the other', async () => {
    await using first = await makeBoxes();
    await using second = await makeBoxes();
    await writeSet(first.root, 'box', 'box-pi', { buildId: BUILD_A });
    await writeSet(second.root, 'box', 'box-pi', { buildId: BUILD_B });
    await writeSet(second.root, 'box', 'box-pi-main');
    for (const [roots, served, hidden] of [
      [[first.root, second.root], first, second],
      [[second.root, first.root], second, first],
    ] as const) {
      const { images, byId, shadowed } = await look(...roots);
      deepEqual(ids(images), ['box/box-pi', 'box/box-pi-main']);
      equal(byId.get('box/box-pi')?.root, served.root);
      deepEqual(
        shadowed.map(({ id, root }) => [id, root]),
        [['box/box-pi', hidden.root]],
      );
    }
  });

  test('goes over to other folders with the next look', async () => {
    await using first = await makeBoxes();
    await using second = await makeBoxes();
    await writeSet(first.root, 'one', 'one-pi');
    await writeSet(second.root, 'two', 'two-pi');
    const catalog = new Catalog([first.root]);
    await catalog.refresh();
    catalog.useFolders([second.root]);
    deepEqual(ids(catalog.snapshot.images), ['one/one-pi']);
    deepEqual(ids((await catalog.refresh()).images), ['two/two-pi']);
    catalog.useFolders([second.root, first.root]);
    deepEqual(ids((await catalog.refresh()).images), ['one/one-pi', 'two/two-pi']);
    catalog.useFolders([]);
    deepEqual(ids((await catalog.refresh()).images), []);
  });

  test('has an image folder under two paths once, and says so', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    await symlink('boxes', boxes.beside('link'));
    const { images, shadowed } = await look(boxes.root, boxes.beside('link'));
    deepEqual([ids(images), ids(shadowed)], [['box/box-pi'], ['box/box-pi']]);
  });
});
