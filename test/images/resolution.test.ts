import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { Catalog, type CatalogImage } from '../../src/images/catalog.ts';
import type { ImageQuery } from '../../src/images/image-name.ts';
import { nearestImage, resolveQuery } from '../../src/images/resolution.ts';
import { processorMs } from '../processor-time.ts';
import { makeBoxes, writeSet } from './image-sets.ts';

/** A catalog of the images of `ids`, complete; those that end with `!` have no checksums yet. */
async function holding(...ids: string[]) {
  await using boxes = await makeBoxes();
  for (const id of ids) {
    const [box = '', image = ''] = id.replace('!', '').split('/');
    const set = await writeSet(boxes.root, box, image);
    if (id.endsWith('!')) await rm(set.file('.img.sha256'));
  }
  return await new Catalog([boxes.root]).refresh();
}

const zstIdentity = { dev: 1n, ino: 1n, size: 1n, mtimeNs: 1n, ctimeNs: 1n };

const BOARD = { name: 'docker-box', board: 'odroid-c4' };

async function resolve(query: Omit<ImageQuery, 'name' | 'board'>, ...ids: string[]): Promise<string | undefined> {
  return resolveQuery(await holding(...ids), { ...BOARD, ...query }).found?.id;
}

const NONE = 'docker-box/docker-box-odroid-c4';
const MASTER = `${NONE}-master`;
const MAIN = `${NONE}-main`;
const FEATURE = `${NONE}-feature-x`;

suite('a board that names a branch', () => {
  const query = { branch: 'feature-x' };
  test('gets the image of that branch', async () => {
    equal(await resolve(query, NONE, MASTER, MAIN, FEATURE), FEATURE);
  });
  test('gets no other one for it', async () => equal(await resolve(query, NONE, MASTER, MAIN), undefined));
  test('gets none that has a version, when it names none', async () => {
    equal(await resolve(query, `${FEATURE}-1.2.0`), undefined);
  });
  test('gets none without a version, when it names one', async () => {
    equal(await resolve({ ...query, version: '1.2.0' }, FEATURE), undefined);
    equal(await resolve({ ...query, version: '1.2.0' }, FEATURE, `${FEATURE}-1.2.0`), `${FEATURE}-1.2.0`);
  });
});

suite('a board that names no branch', () => {
  test('gets the image of master before all', async () => equal(await resolve({}, NONE, MAIN, MASTER), MASTER));
  test('gets that of main when there is no master', async () => equal(await resolve({}, NONE, MAIN, FEATURE), MAIN));
  test('gets that without a branch when there is neither', async () => equal(await resolve({}, NONE, FEATURE), NONE));
  test('gets none of another branch', async () => equal(await resolve({}, FEATURE), undefined));
  test('gets its version in the same order', async () => {
    equal(await resolve({ version: '2' }, MASTER, `${NONE}-2`, `${MAIN}-2`), `${MAIN}-2`);
    equal(await resolve({ version: '2' }, MASTER, `${NONE}-2`), `${NONE}-2`);
  });
  test('gets none for another board or box', async () => {
    equal(await resolve({}, 'docker-box/docker-box-pi-main', 'other/other-odroid-c4-main'), undefined);
  });
});

suite('an image in a folder of another name', () => {
  test('is found: the folder need not be named like its box', async () => {
    const snapshot = await holding('led-blink/example-led-blink-odroid-c4');
    const { found } = resolveQuery(snapshot, { name: 'example-led-blink', board: 'odroid-c4' });
    equal(found?.id, 'led-blink/example-led-blink-odroid-c4');
  });

  test('is passed over for a lesser candidate in the folder of the name', async () => {
    equal(await resolve({}, 'attic/docker-box-odroid-c4-master', NONE), NONE);
  });

  test('is the first in order, where several folders have it', async () => {
    equal(await resolve({}, 'b/docker-box-odroid-c4', 'a/docker-box-odroid-c4'), 'a/docker-box-odroid-c4');
  });

  test('is looked for in the order of the candidates', async () => {
    equal(await resolve({}, 'a/docker-box-odroid-c4', 'b/docker-box-odroid-c4-main'), 'b/docker-box-odroid-c4-main');
  });
});

suite('an image that is being built', () => {
  test('decides, lest a board get that of another branch', async () => {
    const snapshot = await holding(`${MASTER}!`, MAIN, NONE);
    const { found } = resolveQuery(snapshot, BOARD);
    deepEqual([found?.id, found?.state.kind], [MASTER, 'incomplete']);
  });

  test('decides before a complete one in another folder', async () => {
    equal(await resolve({}, `${MASTER}!`, 'attic/docker-box-odroid-c4-master'), MASTER);
  });
});

test('what was looked for is told, found or not', async () => {
  const tried = ['docker-box-odroid-c4-master', 'docker-box-odroid-c4-main', 'docker-box-odroid-c4'];
  deepEqual(resolveQuery(await holding(), BOARD), { tried });
  deepEqual(resolveQuery(await holding(NONE), BOARD).tried, tried);
  deepEqual(resolveQuery(await holding(), { ...BOARD, branch: 'x' }).tried, ['docker-box-odroid-c4-x']);
});

test('parts of a request are names and no paths', async () => {
  const snapshot = await holding('docker-box/docker-box-odroid-c4-main');
  for (const name of ['../docker-box', 'docker-box/../docker-box', './docker-box', '..', '__proto__', 'constructor']) {
    equal(resolveQuery(snapshot, { name, board: 'odroid-c4' }).found, undefined, name);
  }
});

suite('the nearest image', () => {
  test('is the one whose name is most like what was asked for', async () => {
    const snapshot = await holding(MAIN, FEATURE, 'led/led-pi');
    equal(nearestImage(snapshot, 'docker-box', ['docker-box-odroid-c4-mian']), 'docker-box-odroid-c4-main');
    equal(nearestImage(snapshot, 'docker-box', ['docker-box-odroid-c4-feature-y']), 'docker-box-odroid-c4-feature-x');
  });

  test('is one that can be handed out', async () => {
    equal(nearestImage(await holding(`${MAIN}!`, 'led/led-pi'), 'docker-box', ['docker-box-odroid-c4-main']), 'led-pi');
  });

  test('is none where there is no image, or none is complete', async () => {
    equal(nearestImage(await holding(), 'docker-box', ['docker-box-odroid-c4']), undefined);
    equal(nearestImage(await holding(`${MAIN}!`), 'docker-box', ['docker-box-odroid-c4']), undefined);
  });

  test('is found for a name that is far too long to be one mistyped, by its beginning', async () => {
    equal(nearestImage(await holding(MAIN), 'docker-box', ['x'.repeat(100_000)]), 'docker-box-odroid-c4-main');
  });

  test('is found among 10,000 within milliseconds, however long the name', async () => {
    const images = Array.from({ length: 10_000 }, (_, at): CatalogImage => {
      const image = `box-odroid-c4-main-1.0.${String(at).padStart(4, '0')}`;
      const state = {
        kind: 'ready',
        buildId: '',
        checksums: { zst: '' },
        zstBytes: 1,
        builtAtMs: 0,
        zstIdentity,
      } as const;
      return { root: '/', folder: '/box', box: 'box', image, id: `box/${image}`, state };
    });
    const snapshot = { ...new Catalog([]).snapshot, images };
    for (const name of ['box-odroid-c4-mian-1.0.4711', `box-odroid-c4-main-1.0.4711${'x'.repeat(143)}`]) {
      const times: number[] = [];
      for (let time = 0; time < 7; time++) {
        let nearest: string | undefined;
        times.push(
          await processorMs(() => {
            nearest = nearestImage(snapshot, 'box', [name, `${name}-a`, `${name}-b`]);
          }),
        );
        match(nearest ?? '', /^box-odroid-c4-main-1\.0\.\d{4}$/);
      }
      ok(Math.min(...times) < 15, `took ${Math.min(...times)} ms`); // the best: code is compiled meanwhile
    }
    match(nearestImage(snapshot, 'box', ['box-odroid-c4-main-1.0.471x']) ?? '', /^box-odroid-c4-main-1\.0\.471\d$/);
  });
});
