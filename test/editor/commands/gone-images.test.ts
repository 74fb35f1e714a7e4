import { deepEqual, equal } from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { suite, test } from 'node:test';
import type { CatalogImage } from '../../../src/images/catalog.ts';
import { OLD } from '../../boards/bench.ts';
import { IMAGE_ID } from '../../builds/kept.ts';
import { BUILD_A, BUILD_B } from '../../images/image-sets.ts';
import type { Question } from '../window.ts';
import { openSite, type Site } from './site.ts';

const A = { imageId: IMAGE_ID, buildId: BUILD_A };
const GONE = 'mkbox: the image box-pi is no longer there: nothing was done.';
const BUILD_GONE = 'mkbox: build aaaaaaa of box-pi is no longer there: nothing was done.';

/** A site where A was kept before B came, and a board asked. */
async function site(): Promise<Site> {
  const opened = await openSite(async (images, builds) => {
    await builds.keep(await images.build(BUILD_A));
    await images.build(BUILD_B);
  });
  await opened.boards.boot(OLD);
  return opened;
}

const removeImage = ({ images }: Site) => rm(images.boxes.at('box'), { recursive: true });
const imageOf = ({ project }: Site) => project.snapshot.byId.get(IMAGE_ID) as CatalogImage;
const boardRow = ({ boards }: Site) => {
  const { id } = boards.board();
  return { kind: 'board', id, rowId: id, group: undefined } as const;
};
const choice = (text: string) => (question: Question) =>
  question.choices.find((item) => JSON.stringify(item).includes(text));

suite('an image that is gone', () => {
  test('is told of who pins a board to it', async () => {
    await using opened = await site();
    const answers = [{ with: choice('box-pi') }, { with: '', meanwhile: () => removeImage(opened) }];
    deepEqual(await opened.run('mkbox.pinBoard', boardRow(opened), ...answers), [GONE]);
    equal(opened.boards.board().pin, undefined);
  });

  test('is told of who pins a board to a build of it', async () => {
    await using opened = await site();
    const answers = [{ with: choice('aaaaaaa') }, { with: '', meanwhile: () => opened.builds.remove(A) }];
    deepEqual(await opened.run('mkbox.pinBoard', boardRow(opened), ...answers), [BUILD_GONE]);
    equal(opened.boards.board().pin, undefined);
  });

  test('is told of who has it served once', async () => {
    await using opened = await site();
    await opened.serving.serve({ kind: 'all' });
    const row = { kind: 'image', image: imageOf(opened) } as const;
    const answer = { with: 'Serve One Update', meanwhile: () => removeImage(opened) };
    deepEqual(await opened.run('mkbox.serveImageOnce', row, answer), [GONE]);
    deepEqual(opened.serving.wanted, { kind: 'all' });
  });

  test('is told of who shows its files', async () => {
    await using opened = await site();
    const row = { kind: 'image', image: imageOf(opened) } as const;
    await removeImage(opened);
    deepEqual(await opened.run('mkbox.reveal', row), [GONE]);
  });

  test('is told of who serves an earlier build of it again that is not kept any more', async () => {
    await using opened = await site();
    const build = opened.builds.find(A);
    if (build?.state.kind !== 'ready') throw new Error('it is not kept');
    await opened.run('mkbox.serveBuildAgain', { kind: 'build', build });
    await opened.builds.serveNewest(IMAGE_ID);
    await opened.builds.remove(A);
    deepEqual(await opened.run('mkbox.serveBuildAgain', { kind: 'build', build }), [BUILD_GONE]);
    equal(opened.builds.choiceOf(IMAGE_ID), undefined);
  });
});
