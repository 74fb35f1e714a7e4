import { deepEqual, equal } from 'node:assert/strict';
import { chmod, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { Catalog } from '../../src/images/catalog.ts';
import { asNobody } from '../as-nobody.ts';
import { type BoxesFolder, makeBoxes, makeOld, writeSet } from './image-sets.ts';

interface Site {
  readonly catalog: Catalog;
  /** What was told of folders, one entry for each time. */
  readonly told: string[];
}

/** Two boxes with an image each, as a catalog has seen them. */
async function site(boxes: BoxesFolder, keepMs?: number): Promise<Site> {
  for (const box of ['box', 'other']) {
    await writeSet(boxes.root, box, `${box}-pi`);
    await makeOld(boxes.at(box));
  }
  for (const folder of [boxes.beside(), boxes.root]) await chmod(folder, 0o755);
  const catalog = new Catalog([boxes.root], keepMs === undefined ? {} : { keepMs });
  const told: string[] = [];
  catalog.events.on('unreadable', ({ path: folder, code }) => told.push(`${folder} ${code}`));
  catalog.events.on('readable', (folder) => told.push(`${folder} again`));
  await catalog.refresh();
  return { catalog, told };
}

async function ids(catalog: Catalog): Promise<string[]> {
  return (await catalog.refresh()).images.map(({ id }) => id);
}

const BOTH = ['box/box-pi', 'other/other-pi'];

suite('a folder of a box that cannot be read', () => {
  test('keeps the images that were last seen in it, and is told of once', async () => {
    await using boxes = await makeBoxes();
    const { catalog, told } = await site(boxes);
    await chmod(boxes.at('box'), 0o700);
    await asNobody(async () => {
      for (let look = 0; look < 5; look++) deepEqual(await ids(catalog), BOTH);
    });
    deepEqual(catalog.snapshot.unreadable, [
      { path: boxes.at('box'), code: 'EACCES', box: 'box', real: boxes.at('box'), isKept: true },
    ]);
    deepEqual(told, [`${boxes.at('box')} EACCES`]);
    await chmod(boxes.at('box'), 0o755);
    deepEqual(await asNobody(() => ids(catalog)), BOTH);
    deepEqual(catalog.snapshot.unreadable, []);
    deepEqual(told, [`${boxes.at('box')} EACCES`, `${boxes.at('box')} again`]);
  });

  test('is told of once a minute when it comes and goes', async () => {
    await using boxes = await makeBoxes();
    const { catalog, told } = await site(boxes);
    for (let round = 0; round < 3; round++) {
      await chmod(boxes.at('box'), 0o700);
      await asNobody(() => ids(catalog));
      await chmod(boxes.at('box'), 0o755);
      await asNobody(() => ids(catalog));
    }
    equal(told.length, 2);
  });

  test('keeps no images longer than it is told to', async () => {
    await using boxes = await makeBoxes();
    const { catalog } = await site(boxes, 0);
    await chmod(boxes.at('box'), 0o700);
    deepEqual(await asNobody(() => ids(catalog)), ['other/other-pi']);
    equal(catalog.snapshot.unreadable[0]?.isKept, false);
  });

  test('may be listed, and not searched', async () => {
    await using boxes = await makeBoxes();
    const { catalog } = await site(boxes);
    await writeSet(boxes.root, 'box', 'box-pi-main'); // so that it is read again
    await chmod(boxes.at('box'), 0o744);
    deepEqual(await asNobody(() => ids(catalog)), BOTH);
    equal(catalog.snapshot.unreadable[0]?.code, 'EACCES');
  });

  test('is none that went, or became a file', async () => {
    await using boxes = await makeBoxes();
    const { catalog, told } = await site(boxes);
    await rm(boxes.at('box'), { recursive: true });
    deepEqual(await ids(catalog), ['other/other-pi']);
    await writeFile(boxes.at('box'), '');
    deepEqual(await ids(catalog), ['other/other-pi']);
    deepEqual([catalog.snapshot.unreadable, told], [[], []]);
  });
});

suite('an image folder that cannot be read', () => {
  for (const [what, code, spoil, mend] of [
    [
      'because it was moved away',
      'ENOENT',
      (boxes: BoxesFolder) => rename(boxes.root, boxes.beside('away')),
      (boxes: BoxesFolder) => rename(boxes.beside('away'), boxes.root),
    ],
    [
      'because it may not be',
      'EACCES',
      (boxes: BoxesFolder) => chmod(boxes.root, 0o700),
      (boxes: BoxesFolder) => chmod(boxes.root, 0o755),
    ],
    [
      'because links go in a circle',
      'ELOOP',
      async (boxes: BoxesFolder) => {
        await rename(boxes.root, boxes.beside('away'));
        await symlink('boxes', boxes.root);
      },
      async (boxes: BoxesFolder) => {
        await rm(boxes.root);
        await rename(boxes.beside('away'), boxes.root);
      },
    ],
  ] as const) {
    test(`${what} keeps the images that were last seen in it`, async () => {
      await using boxes = await makeBoxes();
      const { catalog, told } = await site(boxes);
      await spoil(boxes);
      await asNobody(async () => {
        for (let look = 0; look < 3; look++) deepEqual(await ids(catalog), BOTH);
      });
      deepEqual(catalog.snapshot.unreadable, [{ path: boxes.root, code, real: boxes.root, isKept: true }]);
      deepEqual(told, [`${boxes.root} ${code}`]);
      await mend(boxes);
      deepEqual(await asNobody(() => ids(catalog)), BOTH);
      deepEqual(catalog.snapshot.unreadable, []);
    });
  }

  test('and was empty is known to be unknown after a while', async () => {
    await using boxes = await makeBoxes();
    const catalog = new Catalog([boxes.root], { keepMs: 0 });
    await catalog.refresh();
    await rename(boxes.root, boxes.beside('away'));
    await catalog.refresh();
    equal(catalog.snapshot.unreadable[0]?.isKept, false);
  });
});
