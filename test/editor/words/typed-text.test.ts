import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { MOST_TAGS, MOST_TEXT } from '../../../src/boards/limits.ts';
import { lengthProblem, tagsIn, tagsProblem } from '../../../src/editor/words/typed-text.ts';
import { ENGLISH } from '../../../src/words.ts';

suite('what is typed', () => {
  test('is told to be too long, but for the spaces around it', () => {
    equal(lengthProblem(`  ${'x'.repeat(1_000)}  `, 1_000, ENGLISH), undefined);
    equal(lengthProblem('x'.repeat(1_001), 1_000, ENGLISH), 'At most 1000 characters; these are 1001');
  });
});

suite('the tags that someone types', () => {
  test('are what stands between commas, with a number sign or without', () => {
    deepEqual(tagsIn(' #canary, lab 1,,lab-1, rack '), ['canary', 'lab-1', 'rack']);
    deepEqual(tagsIn('# canary, # , #\tlab 1'), ['canary', 'lab-1']);
    deepEqual(tagsIn(' , '), []);
  });

  test('are refused where a board would not keep them all, or not whole', () => {
    const many = Array.from({ length: MOST_TAGS }, (_, index) => `t${index}`);
    equal(tagsProblem(many, [], ENGLISH), undefined);
    equal(tagsProblem(many, [['t0', 't1'], []], ENGLISH), undefined);
    equal(tagsProblem(many, [[], ['own']], ENGLISH), 'At most 20 tags per board; these would be 21');
    equal(tagsProblem([...many, 'more'], [], ENGLISH), 'At most 20 tags per board; these would be 21');
    equal(tagsProblem(['x'.repeat(MOST_TEXT)], [], ENGLISH), undefined);
    equal(
      tagsProblem(['short', 'x'.repeat(MOST_TEXT + 1)], [], ENGLISH),
      `At most ${MOST_TEXT} characters; these are ${MOST_TEXT + 1}`,
    );
  });
});
