import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { truncateSync, writeFileSync } from 'node:fs';
import { rename, rm, truncate, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { Catalog } from '../../src/images/catalog.ts';
import { sameIdentity } from '../../src/images/pinned-file.ts';
import { verifyImage } from '../../src/images/verify.ts';
import { type BoxesFolder, makeBoxes, sha256, writeSet } from './image-sets.ts';

/** More than is read at a time, so that something can happen in between. */
const LARGE = Buffer.alloc(9 * 1024 * 1024, 'image ');

async function catalogued(boxes: BoxesFolder, zst: Buffer = Buffer.from('compressed')) {
  const set = await writeSet(boxes.root, 'box', 'box-pi', { zst });
  const image = (await new Catalog([boxes.root]).refresh()).byId.get('box/box-pi');
  if (image?.state.kind !== 'ready') throw new Error('not ready');
  return { set, image, state: image.state };
}

/** Does `act` once, when the first bytes were read. */
function atFirstBytes(act: () => void): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}

suite('a check of an image', () => {
  test('finds the digest that its checksums give', async () => {
    await using boxes = await makeBoxes();
    const { image, state } = await catalogued(boxes, LARGE);
    const steps: number[] = [];
    const before = Date.now();
    const verdict = await verifyImage(image, (bytes) => steps.push(bytes));
    if (verdict.kind !== 'right') throw new Error(verdict.kind);
    ok(sameIdentity(verdict.file, state.zstIdentity));
    ok(verdict.checkedAtMs >= before && verdict.checkedAtMs <= Date.now());
    ok(steps.length > 1, 'progress is told while it reads');
    equal(
      steps.reduce((sum, bytes) => sum + bytes, 0),
      LARGE.length,
    );
  });

  test('takes digests in upper case', async () => {
    await using boxes = await makeBoxes();
    const { set, image } = await catalogued(boxes);
    await writeFile(set.file('.img.sha256'), `${set.checksums.zst.toUpperCase()}  box-pi.img.zst\n`);
    equal((await verifyImage(image, () => {})).kind, 'right');
  });

  test('finds another digest, and tells both', async () => {
    await using boxes = await makeBoxes();
    const { set, image } = await catalogued(boxes);
    await writeFile(set.file('.img.zst'), 'comprEssed');
    const verdict = await verifyImage(image, () => {});
    if (verdict.kind !== 'wrong') throw new Error(verdict.kind);
    deepEqual([verdict.expected, verdict.actual], [set.checksums.zst, sha256(Buffer.from('comprEssed'))]);
  });

  test('looks at the line of the compressed image only, as a board does', async () => {
    await using boxes = await makeBoxes();
    const { set, image } = await catalogued(boxes);
    const { zst } = set.checksums;
    await writeFile(set.file('.img.sha256'), `${'0'.repeat(64)}  box-pi.img\n${zst}  box-pi.img.zst\n`);
    equal((await verifyImage(image, () => {})).kind, 'right');
  });

  test('says so when the file is written to meanwhile', async () => {
    await using boxes = await makeBoxes();
    const { set, image } = await catalogued(boxes, LARGE);
    const spoil = atFirstBytes(() => writeFileSync(set.file('.img.zst'), 'x', { flag: 'r+' }));
    deepEqual(await verifyImage(image, spoil), { kind: 'changed' });
  });

  test('says so when the file is cut short meanwhile', async () => {
    await using boxes = await makeBoxes();
    const { set, image } = await catalogued(boxes, LARGE);
    deepEqual(
      await verifyImage(
        image,
        atFirstBytes(() => truncateSync(set.file('.img.zst'), 10)),
      ),
      { kind: 'changed' },
    );
  });

  test('is of the file that was there at its begin when another takes its place meanwhile', async () => {
    await using boxes = await makeBoxes();
    const { set, image } = await catalogued(boxes, LARGE);
    await writeFile(boxes.beside('next'), 'the next build');
    const replaced: Promise<void>[] = [];
    const replace = atFirstBytes(() => replaced.push(rename(boxes.beside('next'), set.file('.img.zst'))));
    equal((await verifyImage(image, replace)).kind, 'right');
    await Promise.all(replaced);
  });

  test('tells what is missing in a set that is not complete any more', async () => {
    await using boxes = await makeBoxes();
    const { set, image } = await catalogued(boxes);
    await rm(set.file('.img.sha256'));
    const fault = { file: 'box-pi.img.sha256', problem: 'missing' };
    deepEqual(await verifyImage(image, () => {}), { kind: 'incomplete', fault });
    await truncate(set.file('.img.zst'), 0);
    deepEqual(await verifyImage(image, () => {}), {
      kind: 'incomplete',
      fault: { file: 'box-pi.img.zst', problem: 'empty' },
    });
  });

  test('ends when it is aborted, with the reason given', async () => {
    await using boxes = await makeBoxes();
    const { image } = await catalogued(boxes, LARGE);
    const abort = new AbortController();
    const reason = new Error('enough');
    let steps = 0;
    const onProgress = () => {
      steps++;
      abort.abort(reason);
    };
    await rejects(verifyImage(image, onProgress, abort.signal), reason);
    equal(steps, 1);
  });
});
