import { equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  ageText,
  bytesText,
  clientText,
  durationText,
  momentText,
  percentText,
  progressText,
} from '../../../src/editor/words/words.ts';
import { PLAIN, plainSpaces } from '../plain-words.ts';

suite('bytes', () => {
  const cases: readonly [bytes: number, text: string][] = [
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1_000, '1 kB'],
    [1_234, '1.2 kB'],
    [63_400_000, '63 MB'],
    [999_000_000, '999 MB'],
    [1_234_000_000, '1.2 GB'],
    [2_000_000_000_000_000, '2,000 TB'],
  ];
  for (const [bytes, text] of cases) {
    test(`${bytes} are ${text}`, () => equal(plainSpaces(bytesText(bytes, 'en')), text));
  }

  test('are told in the language of the editor', () => {
    equal(plainSpaces(bytesText(1_234_000_000, 'de')), '1,2 GB');
  });
});

suite('bytes just below the next unit', () => {
  for (const [bytes, text] of [
    [999_999, '1 MB'],
    [999_600_000, '1 GB'],
  ] as const) {
    test(`${bytes} are ${text}, in three digits at most`, () => {
      equal(plainSpaces(bytesText(bytes, 'en')), text);
    });
  }
});

suite('a duration', () => {
  const cases: readonly [milliseconds: number, text: string][] = [
    [0, '0 ms'],
    [34.6, '35 ms'],
    [1_000, '1 sec'],
    [4_123, '4.1 sec'],
    [119_999, '120 sec'],
    [120_000, '2 min'],
    [442_000, '7 min'],
  ];
  for (const [milliseconds, text] of cases) {
    test(`of ${milliseconds} ms is ${text}`, () => equal(plainSpaces(durationText(milliseconds, 'en')), text));
  }
});

suite('an age', () => {
  const NOW = 1_700_000_000_000;
  const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
  const cases: readonly [agoMs: number, text: string][] = [
    [0, 'now'],
    [-5_000, 'now'],
    [59_999, 'now'],
    [5 * minute, '5 minutes ago'],
    [minute, '1 minute ago'],
    [3 * hour, '3 hours ago'],
    [day, 'yesterday'],
    [5 * day, '5 days ago'],
    [60 * day, '2 months ago'],
    [800 * day, '2 years ago'],
  ];
  for (const [agoMs, text] of cases) {
    test(`of ${agoMs} ms is ${text}`, () => equal(ageText(NOW - agoMs, NOW, 'en'), text));
  }

  test('just short of an hour is no 60 minutes', () => {
    equal(ageText(NOW - hour + 1_000, NOW, 'en'), '59 minutes ago');
  });

  test('is told in the language of the editor', () => equal(ageText(NOW - day, NOW, 'de'), 'gestern'));
});

suite('a part of a whole', () => {
  const cases: readonly [part: number, whole: number, text: string][] = [
    [0, 1_000, '0%'],
    [434, 1_000, '43%'],
    [999_999, 1_000_000, '99%'],
    [1_000, 1_000, '100%'],
    [0, 0, '0%'],
  ];
  for (const [part, whole, text] of cases) {
    test(`${part} of ${whole} is ${text}`, () => equal(percentText(part, whole, 'en'), text));
  }
});

suite('a part of a whole that is a full percent', () => {
  for (const percent of [29, 57, 58]) {
    test(`is told as such: ${percent}%`, () => {
      equal(percentText(percent, 100, 'en'), `${percent}%`);
    });
  }
});

test('how far something is, is told in bytes and percent', () => {
  equal(plainSpaces(progressText(12_000_000, 63_000_000, PLAIN, 'en')), '12 MB of 63 MB, 19%');
});

suite('a client', () => {
  for (const [address, text] of [
    ['192.168.1.5', '192.168.1.5'],
    ['::ffff:192.168.1.5', '192.168.1.5'],
    ['2001:db8::5', '2001:db8::5'],
  ] as const) {
    test(`at ${address} is ${text}`, () => equal(clientText(address), text));
  }
});

suite('the moment of something', () => {
  const thenMs = new Date(2026, 2, 4, 23, 59, 58).getTime();
  const later = (hours: number) => plainSpaces(momentText(thenMs, thenMs + hours * 3_600_000, 'en'));

  test('is the time of day', () => equal(later(0), '11:59:58 PM'));

  test('has the date once that is not today', () => equal(later(1), '3/4/2026, 11:59:58 PM'));

  test('has the date a day later, at the same time of day', () => equal(later(24), '3/4/2026, 11:59:58 PM'));

  test('is written as in the language of the editor', () => {
    equal(momentText(thenMs, thenMs + 3_600_000, 'de'), '4.3.2026, 23:59:58');
  });
});
