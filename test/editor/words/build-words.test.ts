import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  boardsToUpdateText,
  buildingText,
  buildTimeText,
  builtText,
  failedPackageText,
  failedText,
  packagesChangedText,
  refusedText,
  unknownCommandText,
} from '../../../src/editor/words/build-words.ts';
import { PLAIN } from '../plain-words.ts';

const built = (zstBytes: number, before?: number) =>
  builtText({ image: 'box-pi', tookMs: 200_000, zstBytes }, before, PLAIN, 'en');

suite('what is said of a build', () => {
  test('is its time in seconds at first, then in minutes', () => {
    deepEqual(
      [0, 999, 1_000, 59_999, 60_000, 200_000].map((time) => buildTimeText(time, 'en')),
      ['1 sec', '1 sec', '1 sec', '59 sec', '1 min', '3 min'],
    );
    equal(buildingText(5_000, undefined, PLAIN, 'en'), 'building, 5 sec');
    equal(buildingText(5_000, 240_000, PLAIN, 'en'), 'building, 5 sec; the last build took 4 min');
  });

  test('is its size beside that of the one before', () => {
    equal(built(63_000_000), 'box-pi was built in 3 min: 63 MB.');
    equal(built(63_000_000, 63_000_000), 'box-pi was built in 3 min: 63 MB, as before.');
    equal(built(63_000_000, 60_000_000), 'box-pi was built in 3 min: 63 MB, 3 MB more than before.');
    equal(built(60_000_000, 63_000_000), 'box-pi was built in 3 min: 60 MB, 3 MB less than before.');
  });

  test('is what changed, and who gets it', () => {
    deepEqual(
      [0, 1, 2].map((count) => packagesChangedText(count, PLAIN)),
      ['No package changed.', '1 package changed.', '2 packages changed.'],
    );
    equal(boardsToUpdateText(1, PLAIN), '1 board will get it at its next boot.');
    equal(boardsToUpdateText(3, PLAIN), '3 boards will get it at their next boot.');
  });

  test('is why there is none', () => {
    equal(failedText('box-pi', 127, PLAIN), 'box-pi: mkbox failed (exit status 127). The terminal tells why.');
    equal(failedPackageText('vim', 'pi', true, PLAIN), 'apk found no package vim when this was built for pi.');
    equal(
      failedPackageText('vim>10', 'pi', false, PLAIN),
      'apk could not install vim>10 when this was built for pi. The terminal tells why.',
    );
    equal(unknownCommandText('dd', 'pi', PLAIN), 'bash did not find the command dd when this was built for pi.');
    equal(failedText('box-pi', 0, PLAIN), 'box-pi: mkbox ended without a new image. The terminal tells why.');
    equal(
      refusedText({ kind: 'no mkbox', searched: ['/a/mkbox', '/b'] }, PLAIN),
      'mkbox was not found at /a/mkbox, /b. To build in another way, set mkbox.buildCommand.',
    );
  });
});
