import { equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { lengthProblem } from '../../../src/editor/words/typed-text.ts';
import { ENGLISH } from '../../../src/words.ts';

suite('what is typed', () => {
  test('is told to be too long, but for the spaces around it', () => {
    equal(lengthProblem(`  ${'x'.repeat(1_000)}  `, 1_000, ENGLISH), undefined);
    equal(lengthProblem('x'.repeat(1_001), 1_000, ENGLISH), 'At most 1000 characters; these are 1001');
  });
});
