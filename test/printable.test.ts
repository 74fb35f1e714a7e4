import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { printable, printableJson } from '../src/printable.ts';

/** What a terminal, an editor or a log viewer acts upon instead of showing it. */
const ACTIVE: readonly [what: string, character: string, shown: string][] = [
  ['an escape', '\u001b', '\\u{1b}'],
  ['a new line', '\n', '\\u{a}'],
  ['a carriage return', '\r', '\\u{d}'],
  ['DEL', '\u007f', '\\u{7f}'],
  ['the one-character CSI of C1', '\u009b', '\\u{9b}'],
  ['the next line of C1', '\u0085', '\\u{85}'],
  ['a right-to-left override', '\u202e', '\\u{202e}'],
  ['a line separator', '\u2028', '\\u{2028}'],
  ['a byte order mark', '\ufeff', '\\u{feff}'],
  ['an invisible tag', '\u{e0041}', '\\u{e0041}'],
  ['half a character', '\ud800', '\\u{d800}'],
];

for (const [what, character, shown] of ACTIVE) {
  test(`${what} is printed as its escape`, () => {
    assert.equal(printable(`a${character}b`), `a${shown}b`);
    const json = printableJson({ text: `a${character}b` });
    assert.doesNotMatch(json, /[\p{C}\p{Zl}\p{Zp}]/u);
    assert.deepEqual(JSON.parse(json), { text: `a${character}b` });
  });
}

test('letters of any script, and pictures, are printed as they are', () => {
  assert.equal(printable('Gerät 盒子 📦'), 'Gerät 盒子 📦');
  assert.equal(printableJson({ text: 'Gerät 盒子 📦' }), '{"text":"Gerät 盒子 📦"}');
});

test('whatever is printed is one line, and JSON reads back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.doesNotMatch(printable(text), /[\p{C}\p{Zl}\p{Zp}]/u);
      assert.deepEqual(JSON.parse(printableJson({ text })), { text });
    }),
  );
});
