import { deepEqual } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Catalog } from '../../src/images/catalog.ts';
import { splitImageName } from '../../src/images/image-parts.ts';
import { reachability } from '../../src/images/reachability.ts';
import { makeBoxes, writeSet } from './image-sets.ts';

const BOARDS = ['odroid-c4'];

/** Whether a board gets each of the images of `ids` when all of them are there. */
async function reach(...ids: string[]) {
  await using boxes = await makeBoxes();
  for (const id of ids) await writeSet(boxes.root, ...(id.split('/') as [string, string]));
  const snapshot = await new Catalog([boxes.root]).refresh();
  return Object.fromEntries(
    snapshot.images.map((image) => {
      const parts = splitImageName(image.image, image.box, BOARDS);
      const result = reachability(snapshot, image, parts);
      return [image.id, result.kind === 'hidden' ? `hidden by ${result.by}` : result.kind];
    }),
  );
}

suite('a board that asks by parts', () => {
  test('gets each image that its parts name exactly', async () => {
    const ids = ['box/box-odroid-c4-feature-x', 'box/box-odroid-c4-feature-x-1.2', 'box/box-odroid-c4-main'];
    deepEqual(await reach(...ids), Object.fromEntries(ids.map((id) => [id, 'reachable'])));
  });

  test('gets that of main even when there is one of master: its branch is in its board.conf', async () => {
    deepEqual(await reach('box/box-odroid-c4-main', 'box/box-odroid-c4-master'), {
      'box/box-odroid-c4-main': 'reachable',
      'box/box-odroid-c4-master': 'reachable',
    });
  });

  test('does not get that without a branch when there is one of main', async () => {
    deepEqual(await reach('box/box-odroid-c4', 'box/box-odroid-c4-main'), {
      'box/box-odroid-c4': 'hidden by box/box-odroid-c4-main',
      'box/box-odroid-c4-main': 'reachable',
    });
  });

  test('does not get the copy in another folder', async () => {
    deepEqual(await reach('attic/box-odroid-c4', 'box/box-odroid-c4'), {
      'attic/box-odroid-c4': 'hidden by box/box-odroid-c4',
      'box/box-odroid-c4': 'reachable',
    });
  });

  test('gets the image of a box whose folder has another name', async () => {
    deepEqual(await reach('led-blink/example-led-blink-odroid-c4'), {
      'led-blink/example-led-blink-odroid-c4': 'reachable',
    });
  });

  test('gets none whose name holds no board of the workspace', async () => {
    deepEqual(await reach('box/box-pi-main'), { 'box/box-pi-main': 'no board' });
  });
});
