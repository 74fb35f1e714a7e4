import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { imageDescription, readyText, unpackedDescription } from '../../../src/editor/words/image-words.ts';
import { PLAIN, plainSpaces } from '../plain-words.ts';
import { image, unpacked } from '../transfers.ts';

const ID = 'box/box-pi-main';

suite('behind the name of an image', () => {
  const NOW = Date.UTC(2024, 0, 5);
  const parts = { box: 'box', board: 'pi', branch: 'main', version: '1.2' };
  const ready = { kind: 'ready', verified: false } as const;
  const check = undefined;
  const describe = (judged: Parameters<typeof imageDescription>[0]) =>
    plainSpaces(imageDescription(judged, NOW, PLAIN, 'en'));

  test('stand its board, branch and version, its age and size', () => {
    equal(describe({ image: image(ID), parts, health: ready, check }), 'pi · main · 1.2 · 3 days ago · 63 MB');
  });

  test('stand age and size alone where its parts are not known', () => {
    equal(describe({ image: image(ID), parts: undefined, health: ready, check }), '3 days ago · 63 MB');
  });

  test('stands that it is not served', () => {
    const judged = { image: image(ID), parts: undefined, health: { kind: 'shadowed' }, check } as const;
    equal(describe(judged), '3 days ago · 63 MB · not served');
  });

  test('stands that it is not ready', () => {
    const fault = { file: 'box-pi-main.img.zst', problem: 'missing' } as const;
    const open = { ...image(ID), state: { kind: 'incomplete', fault } } as const;
    equal(
      describe({ image: open, parts, health: { kind: 'incomplete', fault }, check }),
      'pi · main · 1.2 · not ready',
    );
  });

  test('stands that it is wrong, which comes before a newer raw image', () => {
    const finding = { kind: 'contents', fault: 'no partition table' } as const;
    const judged = { image: { ...image(ID), raw: 'newer' }, parts, health: { kind: 'wrong', finding }, check } as const;
    equal(describe(judged), 'pi · main · 1.2 · 3 days ago · 63 MB · wrong');
  });

  test('stands that its raw image is newer, not that it is older', () => {
    const of = (raw: 'newer' | 'older') => describe({ image: { ...image(ID), raw }, parts, health: ready, check });
    equal(of('newer'), 'pi · main · 1.2 · 3 days ago · 63 MB · raw image is newer');
    equal(of('older'), 'pi · main · 1.2 · 3 days ago · 63 MB');
  });

  test('stands that it is not packed, where there is the raw image alone', () => {
    const text = unpackedDescription(unpacked('box/box-pi', { writtenAtMs: NOW - 5 * 60_000 }), NOW, PLAIN, 'en');
    equal(plainSpaces(text), 'not packed · 5 minutes ago · 252 MB');
  });
});

test('images that are ready are told in the singular and in the plural', () => {
  deepEqual(
    [0, 1, 2].map((count) => readyText(count, PLAIN)),
    ['0 images ready', '1 image ready', '2 images ready'],
  );
});
