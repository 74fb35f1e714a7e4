import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { startRollOut } from '../../../src/control/start-roll-out.ts';
import { OLD } from '../../boards/bench.ts';
import { IMAGE_ID } from '../../builds/kept.ts';
import { BUILD_A, BUILD_B } from '../../images/image-sets.ts';
import { openSite, type Site } from './site.ts';

const A = { imageId: IMAGE_ID, buildId: BUILD_A };

/** A site where A was kept before B came, and a board asked. */
async function site(): Promise<Site> {
  const opened = await openSite(async (images, builds) => {
    await builds.keep(await images.build(BUILD_A));
    await images.build(BUILD_B);
  });
  await opened.boards.boot(OLD);
  return opened;
}

/** Deletes A by its row, and answers what the user was told. */
function deleteA({ run, builds }: Site, meanwhile?: () => unknown): Promise<readonly string[]> {
  const build = builds.find(A);
  if (build === undefined) throw new Error('it is not kept');
  return run('mkbox.deleteBuild', { kind: 'build', build }, { with: 'Delete', ...(meanwhile && { meanwhile }) });
}

const needs: readonly [what: string, need: (site: Site) => unknown, told: string][] = [
  [
    'boards are pinned to',
    ({ acts, boards }) => acts.pin([boards.board().id], { image: IMAGE_ID, build: BUILD_A }),
    'mkbox: boards are pinned to build aaaaaaa of box-pi: unpin them first.',
  ],
  [
    'a roll-out leads back to',
    ({ acts, builds }) => startRollOut(IMAGE_ID, BUILD_B, { acts, builds }),
    'mkbox: the roll-out of box-pi leads back to build aaaaaaa: finish it first.',
  ],
  [
    'boards get in place of the newest',
    ({ builds }) => builds.serveAgain(A, { by: 'anna', atMs: 1 }),
    'mkbox: boards get build aaaaaaa of box-pi: serve the newest first.',
  ],
];

suite('a kept build', () => {
  test('is deleted once that was confirmed', async () => {
    await using opened = await site();
    deepEqual(await deleteA(opened), []);
    equal(opened.builds.find(A), undefined);
  });

  for (const [what, need, told] of needs) {
    test(`is not deleted that ${what}`, async () => {
      await using opened = await site();
      await need(opened);
      deepEqual(await deleteA(opened), [told]);
      equal(opened.builds.find(A)?.state.kind, 'ready');
    });

    test(`is not deleted that ${what} since the question was put`, async () => {
      await using opened = await site();
      deepEqual(await deleteA(opened, () => need(opened)), [told]);
      equal(opened.builds.find(A)?.state.kind, 'ready');
    });
  }
});
