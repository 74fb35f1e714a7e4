import { deepEqual, equal, match } from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import type { Examination } from '../../../src/checks/examination.ts';
import { USUAL_POLICY } from '../../../src/checks/judgement.ts';
import { judgedImage, type Surroundings } from '../../../src/editor/words/image-health.ts';
import { healthText, imageDescription } from '../../../src/editor/words/image-words.ts';
import { Catalog } from '../../../src/images/catalog.ts';
import { type BoxesFolder, BUILD_A, BUILD_B, makeBoxes, sha256, writeSet } from '../../images/image-sets.ts';
import { examination } from '../examinations.ts';
import { PLAIN } from '../plain-words.ts';
import { image } from '../transfers.ts';

const ID = 'box/box-pi-main';

async function look(...roots: BoxesFolder[]): Promise<Surroundings> {
  const snapshot = await new Catalog(roots.map(({ root }) => root)).refresh();
  return { snapshot, boards: ['pi'], checks: checks(() => undefined), sending: new Set() };
}

/** Checks by the usual policy that know that of every file. */
function checks(known: () => Examination | undefined): Surroundings['checks'] {
  return { known, policy: USUAL_POLICY };
}

/** The state in words of the image of `id`. */
function state(surroundings: Surroundings, id = ID): string {
  const found = surroundings.snapshot.byId.get(id);
  if (found === undefined) throw new Error(`no image ${id}`);
  return healthText(judgedImage(found, surroundings), PLAIN);
}

suite('an image', () => {
  test('is ready', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi-main');
    equal(state(await look(boxes)), 'ready, not verified yet');
  });

  test('is ready and verified, once it was examined and found right', async () => {
    await using boxes = await makeBoxes();
    const { zst } = await writeSet(boxes.root, 'box', 'box-pi-main');
    const seen = await look(boxes);
    equal(state({ ...seen, checks: checks(() => examination({ zstSha256: sha256(zst) })) }), 'ready, verified');
  });

  test('is wrong as soon as anything was found, whatever else there is to tell', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi-main');
    const seen = { ...(await look(boxes)), checks: checks(() => examination({ zstSha256: '0'.repeat(64) })) };
    const text =
      "wrong, not sent to boards: box-pi-main.img.zst doesn't match its .img.sha256: it is being written, or was copied or built wrong";
    equal(state({ ...seen, sending: new Set([ID]) }), text);
  });

  test('is judged anew when the small files change, without a new look at the large one', async () => {
    await using boxes = await makeBoxes();
    const { zst, file } = await writeSet(boxes.root, 'box', 'box-pi-main');
    const known = () => examination({ zstSha256: sha256(zst), conf: { box: 'box', board: 'pi', buildId: BUILD_A } });
    equal(state({ ...(await look(boxes)), checks: checks(known) }), 'ready, verified');
    await writeFile(file('.img.buildID'), `${BUILD_B}  box-pi-main.img\n`);
    match(
      state({ ...(await look(boxes)), checks: checks(known) }),
      /^wrong, not sent to boards: the image says that it is build aaaa/,
    );
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
    equal(healthText(judgedImage(hidden, seen), PLAIN), text);
  });

  test('is out of reach when another comes first, or no board has its name', async () => {
    await using boxes = await makeBoxes();
    for (const name of ['box-pi-main', 'box-pi', 'box-odroid-c4']) await writeSet(boxes.root, 'box', name);
    const seen = await look(boxes);
    equal(state(seen, 'box/box-pi'), 'unreachable: box/box-pi-main comes first for every query');
    const noBoard = 'unreachable: its name contains no board of this workspace';
    equal(state(seen, 'box/box-odroid-c4'), noBoard);
    equal(state({ ...seen, boards: [] }, 'box/box-odroid-c4'), 'ready, not verified yet');
  });

  test('is out of reach when no board can send its name', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'my box', 'box-pi');
    await writeSet(boxes.root, 'my box', 'my box-pi');
    const seen = await look(boxes);
    equal(state(seen, 'my box/box-pi'), 'ready, not verified yet', 'boards do not send the folder');
    for (const boards of [seen.boards, []]) {
      match(
        state({ ...seen, boards }, 'my box/my box-pi'),
        /^unreachable: boards can't ask for a name with a blank in it/,
      );
    }
  });

  test('is known by its parts', async () => {
    await using boxes = await makeBoxes();
    await writeSet(boxes.root, 'box', 'box-pi-feature-x-1.2');
    const seen = await look(boxes);
    const [found = image(ID)] = seen.snapshot.images;
    deepEqual(judgedImage(found, seen).parts, { box: 'box', board: 'pi', branch: 'feature-x', version: '1.2' });
  });

  test('is in reach when it was renamed, and tells what a board asks for that runs it', async () => {
    await using boxes = await makeBoxes();
    const { zst, checksums } = await writeSet(boxes.root, 'box', 'box-pi-main-big');
    await writeSet(boxes.root, 'box', 'box-pi-main');
    const conf = { box: 'box', board: 'pi', branch: 'main', buildId: BUILD_A };
    const found = examination({ zstSha256: sha256(zst), rawSha256: checksums.raw, conf });
    const seen = { ...(await look(boxes)), checks: checks(() => found) };
    equal(state(seen, 'box/box-pi-main-big'), 'ready, verified; a board that runs it asks for box-pi-main next');
    const renamed = seen.snapshot.byId.get('box/box-pi-main-big') ?? image(ID);
    match(imageDescription(judgedImage(renamed, seen), Date.now(), PLAIN, 'en'), /^box-pi-main inside · now · /);
  });

  test('is known by the parts that it says itself, once it was examined', async () => {
    await using boxes = await makeBoxes();
    const { zst } = await writeSet(boxes.root, 'led', 'box-pi-main');
    const conf = { box: 'box', board: 'pi', branch: 'main' };
    const known = () => examination({ zstSha256: sha256(zst), conf });
    const seen = { ...(await look(boxes)), boards: [], checks: checks(known) };
    const [found = image(ID)] = seen.snapshot.images;
    deepEqual(judgedImage(found, seen).parts, conf);
  });

  test('is out of reach, where no board of the workspace is known, by what it says itself', async () => {
    await using boxes = await makeBoxes();
    const { zst, checksums } = await writeSet(boxes.root, 'box', 'box-pi');
    await writeSet(boxes.root, 'box', 'box-pi-main');
    const conf = { box: 'box', board: 'pi', buildId: BUILD_A };
    const known = () => examination({ zstSha256: sha256(zst), rawSha256: checksums.raw, conf });
    const seen = { ...(await look(boxes)), boards: [] };
    equal(state(seen, 'box/box-pi'), 'ready, not verified yet');
    equal(
      state({ ...seen, checks: checks(known) }, 'box/box-pi'),
      'unreachable: box/box-pi-main comes first for every query',
    );
  });
});
