import { deepEqual, ok } from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { openImageSet } from '../../src/images/image-set.ts';
import { packImage } from '../../src/images/packing/pack.ts';
import { BUILD_A, BUILD_B, makeBoxes, sha256, writeSet } from './image-sets.ts';

const PACKS = 30;
/** Requests that are always under way. */
const READERS = 4;

suite('while an image is packed again and again', () => {
  test('every request finds one build, whole, or an incomplete set', async () => {
    await using boxes = await makeBoxes();
    const { location, zst, file } = await writeSet(boxes.root, 'box', 'box-pi', { buildId: BUILD_B });
    const buildByDigest = new Map([[sha256(zst), BUILD_B]]);
    const seen: { digest: string; expected: string; buildId: string }[] = [];
    const problems = new Set<string>();
    let done = false;

    const request = async () => {
      const set = await openImageSet(location);
      if ('problem' in set) {
        problems.add(`${set.file} ${set.problem}`);
        return;
      }
      try {
        const content = Buffer.alloc(set.zst.size);
        const bytesRead = await set.zst.read(content, 0, content.length, 0);
        ok(bytesRead === content.length && (await set.zst.isUnchanged()), 'what is open stays whole');
        seen.push({ digest: sha256(content), expected: set.checksums.zst, buildId: set.buildId });
      } finally {
        await set.close();
      }
    };
    const readers = Array.from({ length: READERS }, async () => {
      while (!done) await request();
    });
    try {
      for (let pack = 0; pack < PACKS; pack++) {
        const buildId = pack % 2 === 0 ? BUILD_A : BUILD_B;
        await writeFile(file('.img'), randomFillSync(Buffer.alloc(200_000)));
        const { checksums } = await packImage({ folder: location.folder, image: 'box-pi', buildId });
        buildByDigest.set(checksums.zst, buildId);
      }
    } finally {
      done = true;
      await Promise.all(readers);
    }

    deepEqual(
      seen.filter(({ digest, expected, buildId }) => digest !== expected || buildByDigest.get(digest) !== buildId),
      [],
    );
    deepEqual([...problems], ['box-pi.img.sha256 missing']);
    ok(new Set(seen.map(({ digest }) => digest)).size > PACKS / 2, 'requests saw the builds come and go');
  });
});
