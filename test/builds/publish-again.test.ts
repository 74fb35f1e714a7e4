import { deepEqual, equal } from 'node:assert/strict';
import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, suite, test } from 'node:test';
import { type FormerSet, publish } from '../../src/builds/publish.ts';
import { ImageChecks } from '../../src/checks/image-checks.ts';
import { SET_FILES } from '../../src/images/image-name.ts';
import { BUILD_B } from '../images/image-sets.ts';
import { imageIn, makeBoth, verdictOf } from './kept.ts';

/** Who looks at all the images of these tests. */
const checks = new ImageChecks();
after(() => checks.close());

/** A bench that has B, which was published, and can be again; `kept` has the builds that were to be kept since. */
async function published() {
  const { bench, from } = await makeBoth();
  const kept: string[] = [];
  const keep = async ({ state }: FormerSet) => void kept.push(state.buildId);
  const again = () => publish({ folder: from, image: 'box-pi', isRaw: false }, bench.boxes.at('box'), { checks, keep });
  await again();
  kept.length = 0;
  const zst = bench.boxes.at('box', 'box-pi.img.zst');
  return { bench, from, kept, again, zst, [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose]() };
}

suite('a set that is published again', () => {
  test('is left alone where it is whole', async () => {
    await using it = await published();
    const before = await stat(it.zst);
    deepEqual(await it.again(), { kind: 'there already', buildId: BUILD_B });
    equal((await stat(it.zst)).ino, before.ino);
    deepEqual(it.kept, []);
  });

  const damages: Record<string, (zst: string) => Promise<void>> = {
    'was cut': (zst) => truncate(zst, 4),
    'has another byte': async (zst) => {
      const bytes = await readFile(zst);
      bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
      await writeFile(zst, bytes);
    },
    'is followed by something': (zst) => writeFile(zst, 'x', { flag: 'a' }),
  };
  for (const [what, damage] of Object.entries(damages)) {
    test(`takes the place of one whose image ${what}, which is not kept`, async () => {
      await using it = await published();
      await damage(it.zst);
      const publication = await it.again();
      deepEqual(
        { ...publication, zstBytes: 0 },
        {
          kind: 'published',
          buildId: BUILD_B,
          zstBytes: 0,
          former: { buildId: BUILD_B, unkept: 'it is not valid' },
        },
      );
      equal(await verdictOf(await imageIn(it.bench.catalog)), 'right');
      for (const suffix of Object.values(SET_FILES)) {
        const source = await readFile(path.join(it.from, `box-pi${suffix}`));
        deepEqual(await readFile(it.bench.boxes.at('box', `box-pi${suffix}`)), source);
      }
      deepEqual(it.kept, []);
    });
  }
});
