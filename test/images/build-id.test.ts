import { equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseBuildId, shortBuildId } from '../../src/images/build-id.ts';

const ID = '0123456789abcdef'.repeat(4);

suite('a build ID', () => {
  const read: readonly [what: string, text: string][] = [
    ['as mkbox writes it', `${ID}  docker-box-pi.img\n`],
    ['alone', ID],
    ['before a line feed', `${ID}\n`],
    ['before a carriage return', `${ID}\r\n`],
    ['before a tab', `${ID}\tdocker-box-pi.img`],
    ['before anything behind the space', `${ID} ${'f'.repeat(64)}\nmore\n`],
  ];
  for (const [what, text] of read) test(`is read ${what}`, () => equal(parseBuildId(text), ID));

  test('is kept as it is written: builds are compared as strings', () => {
    equal(parseBuildId(`${ID.toUpperCase()}  x.img`), ID.toUpperCase());
  });

  const none: readonly [what: string, text: string][] = [
    ['an empty file', ''],
    ['a digit too few', ID.slice(1)],
    ['a digit too many', `${ID}0`],
    ['another character', `${ID.slice(1)}g`],
    ['a space before it', ` ${ID}`],
    ['a line before it', `\n${ID}`],
    ['zeros of a file that is not written yet', '\0'.repeat(64)],
    ['a byte order mark', `\uFEFF${ID}`],
  ];
  for (const [what, text] of none) test(`is not found in ${what}`, () => equal(parseBuildId(text), undefined));
});

test('a build ID is told by its first seven digits', () => {
  equal(shortBuildId('0123456789abcdef'.repeat(4)), '0123456');
});
