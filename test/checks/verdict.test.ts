import { deepEqual, equal } from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { ImageChecks } from '../../src/checks/image-checks.ts';
import { makeDiskImage } from '../fixtures/disk-image.ts';
import { makeBoxes } from '../images/image-sets.ts';
import { zstdFrame } from '../images/zstd-files.ts';
import { BUILD_1, BUILD_2, CONTENT, makeSet, type SeenSet } from './sets.ts';

async function verdict(set: SeenSet) {
  const checks = await ImageChecks.open();
  try {
    return await checks.verdict(set);
  } finally {
    await checks.close();
  }
}

/** What is wrong with the set, and whether it looks like the middle of a build. */
async function wrong(set: SeenSet) {
  const found = await verdict(set);
  if (found.kind !== 'wrong') throw new Error(found.kind);
  return { kinds: found.findings.map(({ kind }) => kind), isSettling: found.isSettling };
}

suite('the verdict on a set', () => {
  test('is right when all agrees', async () => {
    await using boxes = await makeBoxes();
    const { written, set } = await makeSet(boxes);
    const found = await verdict(set);
    if (found.kind !== 'right') throw new Error(found.kind);
    deepEqual([found.gaps, found.examination.zstSha256], [[], written.zstSha256]);
  });

  test('is right with what could not be checked', async () => {
    await using boxes = await makeBoxes();
    const { set } = await makeSet(boxes);
    const found = await verdict({ ...set, checksums: { zst: set.checksums.zst } });
    if (found.kind !== 'right') throw new Error(found.kind);
    deepEqual(found.gaps, [{ kind: 'no raw digest' }]);
  });

  test('is wrong for an image of another kind, and right where those may be served, which is told once', async () => {
    await using boxes = await makeBoxes();
    const { set } = await makeSet(boxes, { ...CONTENT, boardConf: null });
    deepEqual(await wrong(set), { kinds: ['contents'], isSettling: false });
    const checks = await ImageChecks.open(undefined, { allowForeign: true });
    const told: string[] = [];
    checks.events.on('foreign', (image, { kind }) => told.push(`${image} ${kind}`));
    const verdicts = [await checks.verdict(set), await checks.verdict(set)];
    checks.policy = { allowForeign: false };
    verdicts.push(await checks.verdict(set));
    await checks.close();
    deepEqual(
      verdicts.map(({ kind }) => kind),
      ['right', 'right', 'wrong'],
    );
    deepEqual(told, [`${set.image} foreign`]);
  });

  test('is wrong, and may settle, when the digest is another one', async () => {
    await using boxes = await makeBoxes();
    const { set } = await makeSet(boxes);
    const checksums = { ...set.checksums, zst: '0'.repeat(64) };
    deepEqual(await wrong({ ...set, checksums }), { kinds: ['digest'], isSettling: true });
  });

  test('is wrong, and may settle, when it is cut off and its digest is that of the whole', async () => {
    await using boxes = await makeBoxes();
    const { set } = await makeSet(boxes, CONTENT, { zst: (raw) => zstdFrame(raw).subarray(0, -100) });
    const checksums = { ...set.checksums, zst: '0'.repeat(64) };
    deepEqual(await wrong({ ...set, checksums }), { kinds: ['digest', 'damaged'], isSettling: true });
  });

  test('is wrong for good when it is damaged and has the digest that is given', async () => {
    await using boxes = await makeBoxes();
    const { set } = await makeSet(boxes, CONTENT, { zst: (raw) => zstdFrame(raw).subarray(0, -100) });
    deepEqual(await wrong(set), { kinds: ['damaged'], isSettling: false });
  });

  test('is wrong for good when the raw image is another one, or the image of another box', async () => {
    await using boxes = await makeBoxes();
    const { set } = await makeSet(boxes);
    const checksums = { ...set.checksums, raw: '0'.repeat(64) };
    deepEqual(await wrong({ ...set, checksums }), { kinds: ['raw digest'], isSettling: false });
    const boardConf = `imgname=linux-box\nboard=odroid-c4\nbuildID=${BUILD_1}\n`;
    const { set: other } = await makeSet(boxes, { ...CONTENT, boardConf });
    deepEqual(await wrong(other), { kinds: ['box'], isSettling: false });
  });
});

suite('a set whose build ID is another one than inside', () => {
  /** A set of the first build with the build ID of the second. */
  async function between(boxes: Awaited<ReturnType<typeof makeBoxes>>, raw?: Buffer) {
    const { written, set } = await makeSet(boxes);
    if (raw !== undefined) await writeFile(written.file('.img'), raw);
    return { written, set: { ...set, buildId: BUILD_2 } };
  }

  test('is wrong for good where there is no raw image', async () => {
    await using boxes = await makeBoxes();
    const { set } = await between(boxes);
    deepEqual(await wrong(set), { kinds: ['build ID'], isSettling: false });
  });

  test('may settle when the raw image beside it is of that other build', async () => {
    await using boxes = await makeBoxes();
    const { written, set } = await between(boxes, makeDiskImage({ ...CONTENT, buildId: BUILD_2 }));
    deepEqual(await wrong(set), { kinds: ['build ID'], isSettling: true });
    await rm(written.file('.img'));
    deepEqual(await wrong(set), { kinds: ['build ID'], isSettling: false });
  });

  const others: Record<string, Buffer> = {
    'of the build inside': makeDiskImage({ ...CONTENT, buildId: BUILD_1 }),
    'of a third build': makeDiskImage({ ...CONTENT, buildId: '9'.repeat(64) }),
    'without a board.conf': makeDiskImage({ ...CONTENT, buildId: BUILD_2, boardConf: null }),
    empty: Buffer.alloc(0),
  };
  for (const [which, raw] of Object.entries(others)) {
    test(`is wrong for good when the raw image beside it is ${which}`, async () => {
      await using boxes = await makeBoxes();
      const { set } = await between(boxes, raw);
      deepEqual(await wrong(set), { kinds: ['build ID'], isSettling: false });
    });
  }

  test('is wrong for good when more is wrong that is graver', async () => {
    await using boxes = await makeBoxes();
    const { set } = await between(boxes, makeDiskImage({ ...CONTENT, buildId: BUILD_2 }));
    const checksums = { ...set.checksums, raw: '0'.repeat(64) };
    const found = await wrong({ ...set, checksums });
    equal(found.isSettling, false);
    deepEqual(found.kinds, ['raw digest', 'build ID']);
  });
});
