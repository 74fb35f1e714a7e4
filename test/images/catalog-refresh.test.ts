import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { chmod, mkdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Catalog } from '../../src/images/catalog.ts';
import { asNobody } from '../as-nobody.ts';
import { type BoxesFolder, BUILD_A, BUILD_B, makeBoxes, makeOld, writeSet } from './image-sets.ts';

/** The images of a look, each with its build ID or what is wrong. */
async function see(catalog: Catalog, thorough = false): Promise<Record<string, string>> {
  const { images } = await catalog.refresh(thorough);
  return Object.fromEntries(
    images.map(({ id, state }) => [id, state.kind === 'ready' ? state.buildId : state.fault.problem]),
  );
}

/** A box with one image, changed long ago for the last time, and a catalog that has seen it. */
async function settled(boxes: BoxesFolder, buildId = BUILD_A) {
  const set = await writeSet(boxes.root, 'box', 'box-pi', { buildId });
  await makeOld(boxes.at('box'));
  const catalog = new Catalog([boxes.root]);
  await catalog.refresh();
  return { catalog, set };
}

suite('a further look', () => {
  test('gives the same snapshot when nothing changed', async () => {
    await using boxes = await makeBoxes();
    const { catalog } = await settled(boxes);
    const before = catalog.snapshot;
    equal(await catalog.refresh(), before);
    equal(await catalog.refresh(true), before);
  });

  test('leaves the snapshots before it as they were', async () => {
    await using boxes = await makeBoxes();
    const { catalog } = await settled(boxes);
    const before = catalog.snapshot;
    await writeSet(boxes.root, 'box', 'box-pi-main');
    notEqual(await catalog.refresh(), before);
    equal(before.images.length, 1);
  });

  test('sees a file overwritten in place, which leaves its folder alone, within a second', async () => {
    await using boxes = await makeBoxes();
    const { catalog, set } = await settled(boxes);
    const { mtimeMs } = await stat(boxes.at('box'));
    await writeFile(set.file('.img.buildID'), `${BUILD_B}  box-pi.img\n`);
    equal((await stat(boxes.at('box'))).mtimeMs, mtimeMs);
    await pause(1_100);
    deepEqual(await see(catalog), { 'box/box-pi': BUILD_B });
    await writeFile(set.file('.img.buildID'), 'none\n');
    await pause(1_100);
    deepEqual(await see(catalog), { 'box/box-pi': 'no build ID' });
  });

  test('sees it at once when it is thorough', async () => {
    await using boxes = await makeBoxes();
    const { catalog, set } = await settled(boxes);
    await writeFile(set.file('.img.buildID'), `${BUILD_B}  box-pi.img\n`);
    deepEqual(await see(catalog, true), { 'box/box-pi': BUILD_B });
  });

  test('sees the images of a folder that can be read again, though nothing in it changed', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi');
    await makeOld(boxes.at('box'));
    await chmod(boxes.beside(), 0o755);
    await chmod(boxes.at('box'), 0o000);
    const catalog = new Catalog([boxes.root]);
    deepEqual(await asNobody(() => see(catalog)), {});
    await chmod(boxes.at('box'), 0o755);
    deepEqual(await asNobody(() => see(catalog)), { 'box/box-pi': BUILD_A });
  });

  test('sees a file overwritten in place in a folder that changed a moment ago', async () => {
    await using boxes = await makeBoxes();
    const set = await writeSet(boxes.root, 'box', 'box-pi');
    const catalog = new Catalog([boxes.root]);
    await catalog.refresh();
    await writeFile(set.file('.img.buildID'), `${BUILD_B}  box-pi.img\n`);
    deepEqual(await see(catalog), { 'box/box-pi': BUILD_B });
  });

  test('sees an incomplete image become whole though its folder did not change', async () => {
    await using boxes = await makeBoxes();
    const set = await writeSet(boxes.root, 'box', 'box-pi');
    await writeFile(set.file('.img.sha256'), '');
    await writeSet(boxes.root, 'box', 'box-pi-main');
    await makeOld(boxes.at('box'));
    const catalog = new Catalog([boxes.root]);
    deepEqual(await see(catalog), { 'box/box-pi': 'empty', 'box/box-pi-main': BUILD_A });
    const { mtimeMs } = await stat(boxes.at('box'));
    await writeFile(set.file('.img.sha256'), `${set.checksums.zst}  box-pi.img.zst\n`);
    equal((await stat(boxes.at('box'))).mtimeMs, mtimeMs);
    deepEqual(await see(catalog), { 'box/box-pi': BUILD_A, 'box/box-pi-main': BUILD_A });
  });

  test('sees images that came, were replaced and went', async () => {
    await using boxes = await makeBoxes();
    const { catalog, set } = await settled(boxes);
    const main = await writeSet(boxes.root, 'box', 'box-pi-main', { buildId: BUILD_B });
    deepEqual(await see(catalog), { 'box/box-pi': BUILD_A, 'box/box-pi-main': BUILD_B });
    await rename(main.file('.img.buildID'), set.file('.img.buildID'));
    deepEqual(await see(catalog), { 'box/box-pi': BUILD_B, 'box/box-pi-main': 'missing' });
    for (const suffix of ['.img.zst', '.img.sha256']) await rm(main.file(suffix));
    deepEqual(await see(catalog), { 'box/box-pi': BUILD_B });
  });

  test('sees boxes that came and went', async () => {
    await using boxes = await makeBoxes();
    const { catalog } = await settled(boxes);
    await writeSet(boxes.root, 'new', 'new-pi');
    deepEqual(await see(catalog), { 'box/box-pi': BUILD_A, 'new/new-pi': BUILD_A });
    await rm(boxes.at('box'), { recursive: true });
    deepEqual(await see(catalog), { 'new/new-pi': BUILD_A });
    await mkdir(boxes.at('box'));
    deepEqual(await see(catalog), { 'new/new-pi': BUILD_A });
    deepEqual(
      catalog.snapshot.boxes.map(({ name }) => name),
      ['box', 'new'],
    );
  });

  test('sees a box replaced by another folder of the same age', async () => {
    await using boxes = await makeBoxes();
    const { catalog } = await settled(boxes);
    await writeSet(boxes.beside(), 'other', 'box-pi', { buildId: BUILD_B });
    await makeOld(boxes.beside('other'));
    await rename(boxes.at('box'), boxes.beside('gone'));
    await rename(boxes.beside('other'), boxes.at('box'));
    deepEqual(await see(catalog), { 'box/box-pi': BUILD_B });
  });
});

suite('an image folder', () => {
  test('that goes takes its images along after a while, and brings them back', async () => {
    await using boxes = await makeBoxes();
    await settled(boxes);
    const catalog = new Catalog([boxes.root], { keepMs: 0 });
    await catalog.refresh();
    await rename(boxes.root, boxes.beside('away'));
    deepEqual(await see(catalog), {});
    deepEqual(catalog.snapshot.boxes, []);
    await rename(boxes.beside('away'), boxes.root);
    deepEqual(await see(catalog), { 'box/box-pi': BUILD_A });
  });

  test('that is replaced by another has the images of that one', async () => {
    await using boxes = await makeBoxes();
    const { catalog } = await settled(boxes);
    await writeSet(boxes.beside('other'), 'box', 'box-pi', { buildId: BUILD_B });
    await makeOld(boxes.beside('other', 'box'));
    await rename(boxes.root, boxes.beside('gone'));
    await rename(boxes.beside('other'), boxes.root);
    deepEqual(await see(catalog), { 'box/box-pi': BUILD_B });
  });

  test('that is a link, moved to the next release, has the images of that one', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.beside('one'), 'box', 'box-pi', { buildId: BUILD_A });
    await writeSet(boxes.beside('two'), 'box', 'box-pi', { buildId: BUILD_B });
    await symlink('one', boxes.beside('current'));
    const catalog = new Catalog([boxes.beside('current')]);
    deepEqual(await see(catalog), { 'box/box-pi': BUILD_A });
    await symlink('two', boxes.beside('next'));
    await rename(boxes.beside('next'), boxes.beside('current'));
    deepEqual(await see(catalog), { 'box/box-pi': BUILD_B });
    equal(catalog.snapshot.images[0]?.root, boxes.beside('two'));
  });
});

suite('looks at the same time', () => {
  test('share one: those that come while one runs get the next', async () => {
    await using boxes = await makeBoxes();
    const { catalog } = await settled(boxes);
    const running = catalog.refresh();
    const queued = [catalog.refresh(), catalog.refresh(true), catalog.refresh()];
    equal(new Set(queued).size, 1);
    notEqual(queued[0], running);
    equal(await queued[0], await running);
    notEqual(catalog.refresh(), queued[0]);
  });

  test('are thorough when one of those that share it asks for that', async () => {
    await using boxes = await makeBoxes();
    const { catalog, set } = await settled(boxes);
    await writeFile(set.file('.img.buildID'), `${BUILD_B}  box-pi.img\n`);
    const [first] = (await catalog.refresh()).images;
    equal(first?.state.kind === 'ready' && first.state.buildId, BUILD_A);
    const looks = [catalog.refresh(), catalog.refresh(), catalog.refresh(true), catalog.refresh()];
    const [, second] = await Promise.all(looks);
    const image = second?.byId.get('box/box-pi');
    equal(image?.state.kind === 'ready' && image.state.buildId, BUILD_B);
  });

  test('begin after the call: what was written before it is seen, whatever runs', async () => {
    await using boxes = await makeBoxes();
    const { catalog } = await settled(boxes);
    for (let round = 0; round < 20; round++) {
      const running = catalog.refresh();
      await writeSet(boxes.root, 'box', `box-pi-${round}`);
      equal((await catalog.refresh()).byId.has(`box/box-pi-${round}`), true);
      await running;
    }
  });
});
