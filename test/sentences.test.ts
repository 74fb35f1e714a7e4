import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { textsOf } from './texts-of.ts';

const PROJECT = fileURLToPath(new URL('../', import.meta.url));

/** Shorter texts are names and labels, which stand in many places by right. */
const FEWEST_WORDS = 6;

describe('a sentence in the sources', () => {
  it('is written once', () => {
    const places = new Map<string, string[]>();
    for (const file of globSync('src/**/*.ts', { cwd: PROJECT }).sort()) {
      for (const { text, line } of textsOf(readFileSync(`${PROJECT}${file}`, 'utf8'))) {
        const sentence = text
          .replace(/\{\d*\}/g, '{}')
          .trim()
          .replace(/\s+/g, ' ');
        if (sentence.split(' ').length < FEWEST_WORDS) continue;
        places.set(sentence, [...(places.get(sentence) ?? []), `${file}:${line}`]);
      }
    }
    assert.ok(places.size > 300, `only ${places.size} sentences were found`);
    assert.deepEqual(
      [...places].filter(([, { length }]) => length > 1),
      [],
    );
  });
});

describe('the texts of a source', () => {
  const cases: Record<string, readonly [source: string, texts: readonly string[]]> = {
    'are found in all kinds of quotes': [`a('b', "c", \`d\`)`, ['b', 'c', 'd']],
    'are none in comments': [`// it's 'b'\n/* "c" \` */ 'd'`, ['d']],
    'are none in regular expressions': [`/'"[/'\`]/.test(a) ? 'b' : /\\/'/`, ['b']],
    'stand behind a division, too': [`a / 2 + 'b'.length / 3; (a) / 'c'.length`, ['b', 'c']],
    'hold what was escaped': [`'it\\'s' + "a\\"b"`, [`it's`, 'a"b']],
    'have a mark for each value, in which others may stand': [
      '`a $' + '{b({ c: `d $' + '{e}` })} f`',
      ['d {}', 'a {} f'],
    ],
  };
  for (const [name, [source, texts]] of Object.entries(cases)) {
    it(name, () => {
      assert.deepEqual(
        textsOf(source).map(({ text }) => text),
        texts,
      );
    });
  }
});
