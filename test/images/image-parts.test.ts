import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { otherNameInside, splitImageName, splitKnownName } from '../../src/images/image-parts.ts';

const BOARDS = ['odroid-c4', 'beaglebone-green', 'pi', 'odroid'];

suite('an image name taken apart', () => {
  const cases: readonly [image: string, parts: object][] = [
    ['docker-box-odroid-c4', { box: 'docker-box', board: 'odroid-c4' }],
    ['docker-box-odroid-c4-main', { box: 'docker-box', board: 'odroid-c4', branch: 'main' }],
    ['docker-box-odroid-c4-feature-x', { box: 'docker-box', board: 'odroid-c4', branch: 'feature-x' }],
    [
      'docker-box-odroid-c4-feature-x-1.2.0',
      { box: 'docker-box', board: 'odroid-c4', branch: 'feature-x', version: '1.2.0' },
    ],
    ['docker-box-odroid-c4-1.2.0', { box: 'docker-box', board: 'odroid-c4', version: '1.2.0' }],
    ['docker-box-pi-main-v2', { box: 'docker-box', board: 'pi', branch: 'main', version: 'v2' }],
  ];
  for (const [image, parts] of cases) {
    test(`${image} by the boards of the workspace`, () => {
      deepEqual(splitImageName(image, 'docker-box', BOARDS), parts);
    });
  }

  test('the longest of several boards that fit is meant', () => {
    equal(splitImageName('docker-box-odroid-c4', 'docker-box', BOARDS)?.board, 'odroid-c4');
    equal(splitImageName('docker-box-odroid-c4', 'docker-box', [...BOARDS].reverse())?.board, 'odroid-c4');
  });

  test('a shorter board is meant where it stands right behind the name of the folder', () => {
    const parts = splitImageName('radio-pi-odroid-c4', 'radio', BOARDS);
    deepEqual(parts, { box: 'radio', board: 'pi', branch: 'odroid-c4' });
  });

  test('the folder need not be named like the box', () => {
    const parts = splitImageName('example-led-blink-odroid-c4', 'led-blink', BOARDS);
    deepEqual(parts, { box: 'example-led-blink', board: 'odroid-c4' });
  });

  for (const image of ['docker-box', 'docker-box-pico', 'docker-boxpi', 'pi-main', '-pi']) {
    test(`${image} holds no board, so it has no parts`, () => {
      equal(splitImageName(image, 'docker-box', BOARDS), undefined);
    });
  }

  const inside = { box: 'docker-box', board: 'pi', branch: 'main', version: '1.2' };
  const renamed: readonly [image: string, parts: object | undefined, other: string | undefined][] = [
    ['docker-box-pi-main-1.2', inside, undefined],
    ['docker-box-pi-main-big', { box: 'docker-box', board: 'pi', branch: 'main-big' }, 'docker-box-pi-main-1.2'],
    ['docker-box-pi-main-1.3', { ...inside, version: '1.3' }, 'docker-box-pi-main-1.2'],
    ['docker-box-pi', { box: 'docker-box', board: 'pi' }, 'docker-box-pi-main-1.2'],
    ['docker-box-pico-main', undefined, 'docker-box-pi-main-1.2'],
  ];
  for (const [image, parts, other] of renamed) {
    test(`${image} by what the image says of itself`, () => {
      deepEqual(splitKnownName(image, inside), parts);
      equal(otherNameInside(image, inside), other);
    });
  }

  test('a board that names no branch may ask for the image of any usual one', () => {
    for (const image of ['box-pi', 'box-pi-main', 'box-pi-master']) {
      equal(otherNameInside(image, { box: 'box', board: 'pi' }), undefined);
    }
    equal(otherNameInside('box-pi-big', { box: 'box', board: 'pi' }), 'box-pi');
  });

  test('without boards nothing can be told', () => {
    equal(splitImageName('docker-box-odroid-c4', 'docker-box', []), undefined);
  });
});
