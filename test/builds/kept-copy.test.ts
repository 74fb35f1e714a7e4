import { equal } from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { suite, test } from 'node:test';
import { SET_FILES } from '../../src/images/image-name.ts';
import { BUILD_A } from '../images/image-sets.ts';
import { underMask } from '../under-mask.ts';
import { makeBench } from './kept.ts';

suite('a build that a server keeps', () => {
  test('can be read by who keeps it alone, however open the image is', async () => {
    await using bench = await makeBench();
    const image = await bench.build(BUILD_A);
    await underMask(0, async () => (await bench.open()).keep(image));
    for (const suffix of Object.values(SET_FILES)) {
      const { mode } = await stat(path.join(bench.folder, 'box', 'box-pi', BUILD_A, `box-pi${suffix}`));
      equal((mode & 0o777).toString(8), '600', suffix);
    }
  });
});
