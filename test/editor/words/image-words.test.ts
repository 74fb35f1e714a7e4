import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  imageDescription,
  nameBelowBoard,
  nameInBox,
  readyText,
  unpackedDescription,
} from '../../../src/editor/words/image-words.ts';
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

  test('stand its age and size', () => {
    equal(describe({ image: image(ID), parts, health: ready, check }), '3 days ago · 63 MB');
  });

  test('stands that it is not served', () => {
    const judged = { image: image(ID), parts, health: { kind: 'shadowed' }, check } as const;
    equal(describe(judged), 'not served · 3 days ago · 63 MB');
  });

  test('stands that it is not ready', () => {
    const fault = { file: 'box-pi-main.img.zst', problem: 'missing' } as const;
    const open = { ...image(ID), state: { kind: 'incomplete', fault } } as const;
    equal(describe({ image: open, parts, health: { kind: 'incomplete', fault }, check }), 'not ready');
  });

  test('stands that it is wrong, which comes before a newer raw image', () => {
    const finding = { kind: 'contents', fault: 'no partition table' } as const;
    const judged = { image: { ...image(ID), raw: 'newer' }, parts, health: { kind: 'wrong', finding }, check } as const;
    equal(describe(judged), 'wrong · 3 days ago · 63 MB');
  });

  test('stands that its raw image is newer, not that it is older', () => {
    const of = (raw: 'newer' | 'older') => describe({ image: { ...image(ID), raw }, parts, health: ready, check });
    equal(of('newer'), 'raw image is newer · 3 days ago · 63 MB');
    equal(of('older'), '3 days ago · 63 MB');
  });

  test('stands that it is not packed, where there is the raw image alone', () => {
    const text = unpackedDescription(unpacked('box/box-pi', { writtenAtMs: NOW - 5 * 60_000 }), NOW, PLAIN, 'en');
    equal(plainSpaces(text), 'not packed · 5 minutes ago · 252 MB');
  });
});

suite('the name of an image below its box', () => {
  test('is what tells it from its neighbours', () => {
    const parts = { box: 'box', board: 'pi', branch: 'main', version: '1.2' };
    equal(nameInBox('box-pi-main-1.2', 'box', parts), 'pi · main · 1.2');
    equal(nameInBox('box-pi', 'box', { box: 'box', board: 'pi' }), 'pi');
  });

  test('is what follows the name of the box where no more is known', () => {
    equal(nameInBox('box-pi-main', 'box', undefined), 'pi-main');
    equal(nameInBox('other', 'box', undefined), 'other');
  });

  test('ends with the box where it is named for another one', () => {
    equal(nameInBox('other-pi', 'box', { box: 'other', board: 'pi' }), 'pi (other)');
  });

  test('is less below its board, and the board where no more is known', () => {
    equal(nameBelowBoard({ box: 'box', board: 'pi', branch: 'main', version: '1.2' }), 'main · 1.2');
    equal(nameBelowBoard({ box: 'box', board: 'pi' }), 'pi');
  });
});

test('images that are ready are told in the singular and in the plural', () => {
  deepEqual(
    [0, 1, 2].map((count) => readyText(count, PLAIN)),
    ['0 images ready', '1 image ready', '2 images ready'],
  );
});
