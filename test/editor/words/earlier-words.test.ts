import { equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { earlierServedText, keptBuildText, replacedText } from '../../../src/editor/words/earlier-words.ts';
import { imageDescription } from '../../../src/editor/words/image-words.ts';
import { PLAIN, plainSpaces } from '../plain-words.ts';
import { image } from '../transfers.ts';

const NEWEST = image('box/box-pi-main');
const BUILD = 'd66ce5c0'.repeat(8);
const NOW = Date.UTC(2024, 0, 5);
const choice = { build: BUILD, by: 'Anna', atMs: Date.UTC(2024, 0, 4) };

suite('a kept build', () => {
  const build = { ...NEWEST, isKept: true, buildId: BUILD, bytes: 63_000_000, keptAtMs: NOW - 3_600_000 } as const;
  const text = (seen: Partial<Parameters<typeof keptBuildText>[0]>) =>
    plainSpaces(keptBuildText({ build, boards: 0, isServed: false, ...seen }, NOW, PLAIN, 'en'));

  test('is told by its age and size, who runs it, and whether it is served', () => {
    equal(text({}), '3 days ago · 63 MB');
    equal(text({ boards: 1 }), '3 days ago · 63 MB · 1 board runs it');
    equal(text({ boards: 2, isServed: true }), '3 days ago · 63 MB · 2 boards run it · served');
  });

  test('that is not complete is told as such', () => {
    const fault = { file: 'box-pi-main.img.zst', problem: 'missing' } as const;
    equal(
      text({ build: { ...build, bytes: 100_000, state: { kind: 'incomplete', fault } } }),
      '1 hour ago · 100 kB · not complete',
    );
  });
});

suite('an image of which an earlier build is served', () => {
  test('says so behind its name, and who wanted that', () => {
    const replaced = { newest: NEWEST, choice };
    const judged = {
      image: NEWEST,
      parts: undefined,
      health: { kind: 'ready', verified: false },
      check: undefined,
      replaced,
    } as const;
    equal(plainSpaces(imageDescription(judged, NOW, PLAIN, 'en')), 'serving build d66ce5c · 3 days ago · 63 MB');
    const since = new Date(choice.atMs).toLocaleString('en');
    const text = `build d66ce5c in place of the newest, chosen by Anna on ${since}`;
    equal(replacedText(replaced, PLAIN, 'en'), text);
    equal(replacedText({ newest: NEWEST, choice: { ...choice, why: 'it boots' } }, PLAIN, 'en'), `${text}: it boots`);
  });

  test('is named with others', () => {
    equal(earlierServedText([NEWEST], PLAIN), undefined);
    const served = { ...NEWEST, inPlaceOf: { newest: NEWEST, choice } };
    equal(earlierServedText([served, NEWEST], PLAIN), 'earlier builds are served of box-pi-main');
  });
});
