import { deepEqual, equal } from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { judge, type Surroundings } from '../../src/editor/image-health.ts';
import { healthText, imageDescription } from '../../src/editor/image-words.ts';
import { Catalog } from '../../src/images/catalog.ts';
import { verifyImage } from '../../src/images/verify.ts';
import { type BoxesFolder, makeBoxes, writeSet } from '../images/image-sets.ts';
import { PLAIN, plainSpaces } from './plain-words.ts';
import { image } from './transfers.ts';

const ID = 'box/box-pi-main';

async function look(...roots: BoxesFolder[]): Promise<Surroundings> {
  const snapshot = await new Catalog(roots.map(({ root }) => root)).refresh();
  return { snapshot, boards: ['pi'], verdictOf: () => undefined, sending: new Set() };
}

/** The state in words of the image of `id`. */
function state(surroundings: Surroundings, id = ID): string {
  const found = surroundings.snapshot.byId.get(id);
  if (found === undefined) throw new Error(`no image ${id}`);
  return healthText(judge(found, surroundings), PLAIN);
}

suite('an image', () => {
  test('is ready', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi-main');
    equal(state(await look(boxes)), 'ready');
  });

  test('is ready and verified, once its digest was found right', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi-main');
    const seen = await look(boxes);
    const [found = image(ID)] = seen.snapshot.images;
    const verdict = await verifyImage(found, () => {});
    if (verdict.kind !== 'right') throw new Error(verdict.kind);
    equal(state({ ...seen, verdictOf: () => verdict }), 'ready, checksum verified');
    const wrong = { ...verdict, kind: 'wrong', expected: '1', actual: '2' } as const;
    const text = 'wrong checksum: box-pi-main.img.zst is not what its .img.sha256 says; build it again';
    equal(state({ ...seen, verdictOf: () => wrong, sending: new Set([ID]) }), text);
  });

  test('is being sent', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi-main');
    equal(state({ ...(await look(boxes)), sending: new Set([ID]) }), 'being sent to a board');
  });

  test('is incomplete, and says by which file', async () => {
    await using boxes = await makeBoxes();
    await rm((await writeSet(boxes.root, 'box', 'box-pi-main')).file('.img.sha256'));
    equal(state(await look(boxes)), 'building or incomplete: box-pi-main.img.sha256 is missing');
  });

  test('is not served when an earlier folder has its name, complete or not', async () => {
    await using first = await makeBoxes();
    await using second = await makeBoxes();
    await writeSet(first.root, 'box', 'box-pi-main');
    await rm((await writeSet(second.root, 'box', 'box-pi-main')).file('.img.zst'));
    const seen = await look(first, second);
    const [hidden = image(ID)] = seen.snapshot.shadowed;
    const text = 'not served: another folder of the workspace has an image of this name';
    equal(healthText(judge(hidden, seen), PLAIN), text);
  });

  test('is out of reach when another comes first, or no board has its name', async () => {
    await using boxes = await makeBoxes();
    for (const name of ['box-pi-main', 'box-pi', 'box-odroid-c4']) await writeSet(boxes.root, 'box', name);
    const seen = await look(boxes);
    equal(state(seen, 'box/box-pi'), 'no board gets it by its query: box/box-pi-main comes first');
    const noBoard = 'no board gets it by its query: its name holds no board of this workspace';
    equal(state(seen, 'box/box-odroid-c4'), noBoard);
    equal(state({ ...seen, boards: [] }, 'box/box-odroid-c4'), 'ready');
  });

  test('is known by its parts', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi-feature-x-1.2');
    const seen = await look(boxes);
    const [found = image(ID)] = seen.snapshot.images;
    deepEqual(judge(found, seen).parts, { box: 'box', board: 'pi', branch: 'feature-x', version: '1.2' });
  });
});

suite('behind the name of an image', () => {
  const NOW = Date.UTC(2024, 0, 5);
  const parts = { box: 'box', board: 'pi', branch: 'main', version: '1.2' };
  const ready = { kind: 'ready', verified: false } as const;
  const describe = (judged: Parameters<typeof imageDescription>[0]) =>
    plainSpaces(imageDescription(judged, NOW, PLAIN, 'en'));

  test('stand its board, branch and version, its age and size', () => {
    equal(describe({ image: image(ID), parts, health: ready }), 'pi · main · 1.2 · 3 days ago · 63 MB');
  });

  test('stand age and size alone where its parts are not known', () => {
    equal(describe({ image: image(ID), parts: undefined, health: ready }), '3 days ago · 63 MB');
  });

  test('stands that it is not served', () => {
    const judged = { image: image(ID), parts: undefined, health: { kind: 'shadowed' } } as const;
    equal(describe(judged), '3 days ago · 63 MB · not served');
  });

  test('stands that it is not ready', () => {
    const fault = { file: 'box-pi-main.img.zst', problem: 'missing' } as const;
    const open = { ...image(ID), state: { kind: 'incomplete', fault } } as const;
    equal(describe({ image: open, parts, health: { kind: 'incomplete', fault } }), 'pi · main · 1.2 · not ready');
  });
});
