import { deepEqual, equal } from 'node:assert/strict';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { Catalog } from '../../src/images/catalog.ts';
import { openImageSet } from '../../src/images/image-set.ts';
import { type BoxesFolder, makeBoxes, writeSet } from './image-sets.ts';

/** A name that no file system takes: the system's answer is neither that nothing is there nor that it may not be read. */
const TOO_LONG = 'x'.repeat(300);

/** Links of every kind beside one folder that is none. */
async function linkFolders(boxes: BoxesFolder): Promise<void> {
  await writeSet(boxes.root, 'box', 'box-pi');
  await writeSet(boxes.beside(), 'elsewhere', 'far-pi');
  await symlink('../elsewhere', boxes.at('far'));
  await symlink('box', boxes.at('alias'));
  await symlink('nowhere', boxes.at('gone'));
  await symlink('circle', boxes.at('circle'));
  await writeFile(boxes.beside('file'), '');
  await symlink('../file', boxes.at('file'));
}

suite('a link in an image folder', () => {
  test('that leads out of it is not followed, and told; so is one that leads nowhere', async () => {
    await using boxes = await makeBoxes();
    await linkFolders(boxes);
    const { images, links } = await new Catalog([boxes.root]).refresh();
    deepEqual(
      images.map(({ id }) => id),
      ['alias/box-pi', 'box/box-pi'],
    );
    deepEqual(
      [...links].sort((a, b) => (a.path < b.path ? -1 : 1)),
      [
        { path: boxes.at('circle'), target: undefined },
        { path: boxes.at('far'), target: boxes.beside('elsewhere') },
        { path: boxes.at('gone'), target: undefined },
      ],
    );
  });

  test('that leads out of it is followed where that is said, and its images are opened', async () => {
    await using boxes = await makeBoxes();
    await linkFolders(boxes);
    const catalog = new Catalog([boxes.root], { followsLinks: true });
    const { byId, links } = await catalog.refresh();
    equal(links.length, 2);
    const far = byId.get('far/far-pi');
    equal(far?.state.kind, 'ready');
    const set = far && (await openImageSet(far));
    equal(set && 'problem' in set, false);
    if (set && !('problem' in set)) await set.close();
  });

  test('is followed no further: what is a link in the folder that it leads to is not', async () => {
    await using boxes = await makeBoxes();
    await mkdir(boxes.beside('elsewhere'));
    await writeSet(boxes.beside(), 'deeper', 'far-pi');
    for (const suffix of ['.img.zst', '.img.sha256', '.img.buildID']) {
      await symlink(`../deeper/far-pi${suffix}`, boxes.beside('elsewhere', `far-pi${suffix}`));
    }
    await symlink('../elsewhere', boxes.at('far'));
    const { byId } = await new Catalog([boxes.root], { followsLinks: true }).refresh();
    deepEqual(byId.get('far/far-pi')?.state, {
      kind: 'incomplete',
      fault: { file: 'far-pi.img.zst', problem: 'link' },
    });
  });

  test('is followed, or not any more, when that is said later', async () => {
    await using boxes = await makeBoxes();
    await linkFolders(boxes);
    const catalog = new Catalog([boxes.root]);
    for (const follows of [false, true, false]) {
      catalog.useFolders([boxes.root], follows);
      equal((await catalog.refresh()).byId.has('far/far-pi'), follows);
    }
  });

  test('of which the system can not say where it leads leaves all other boxes as they are', async () => {
    for (const followsLinks of [false, true]) {
      await using boxes = await makeBoxes();
      await linkFolders(boxes);
      const catalog = new Catalog([boxes.root], { followsLinks });
      const before = (await catalog.refresh()).images.map(({ id }) => id);
      await symlink(`../${TOO_LONG}`, boxes.at('dead'));
      const { images, links, unreadable } = await catalog.refresh();
      deepEqual(
        images.map(({ id, state }) => [id, state.kind]),
        before.map((id) => [id, 'ready']),
      );
      const dead = boxes.at('dead');
      deepEqual(
        unreadable,
        followsLinks ? [{ path: dead, code: 'ENAMETOOLONG', box: 'dead', real: dead, isKept: true }] : [],
      );
      deepEqual(
        links.filter(({ path: link }) => link === dead),
        followsLinks ? [] : [{ path: dead, target: undefined }],
      );
    }
  });

  test('to another place in the image folder is an unreadable box where that place is, and served when it is back', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    await symlink(TOO_LONG, boxes.at('alias'));
    const catalog = new Catalog([boxes.root]);
    const { images, links, unreadable } = await catalog.refresh();
    deepEqual([images.map(({ id }) => id), links], [['box/box-pi'], []]);
    deepEqual(
      unreadable.map(({ box, code }) => [box, code]),
      [['alias', 'ENAMETOOLONG']],
    );
    await rm(boxes.at('alias'));
    await symlink('box', boxes.at('alias'));
    const back = await catalog.refresh();
    deepEqual([[...back.byId.keys()], back.unreadable], [['alias/box-pi', 'box/box-pi'], []]);
  });

  test('keeps the images that were last seen behind it, until it leads there again', async () => {
    await using boxes = await makeBoxes();
    await linkFolders(boxes);
    const catalog = new Catalog([boxes.root], { followsLinks: true });
    const { images } = await catalog.refresh();
    await rename(boxes.at('far'), boxes.beside('link'));
    await symlink(`../${TOO_LONG}`, boxes.at('far'));
    const dead = await catalog.refresh();
    deepEqual([dead.images, dead.unreadable.map(({ box, code }) => [box, code])], [images, [['far', 'ENAMETOOLONG']]]);
    await rename(boxes.beside('link'), boxes.at('far'));
    const back = await catalog.refresh();
    deepEqual([back.images, back.unreadable], [images, []]);
    const far = back.byId.get('far/far-pi');
    const set = far && (await openImageSet(far));
    equal(set && 'problem' in set, false);
    if (set && !('problem' in set)) await set.close();
  });
});
