import { doesNotMatch, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { plainMessage } from '../../../src/editor/words/plain-message.ts';

/** What VS Code makes a link of in a message: parseLinkedText of its linkedText.ts. */
const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;

suite('a message', () => {
  test('has no links that others wrote', () => {
    for (const target of ['command:workbench.action.quit', 'https://example.org', 'file:///etc']) {
      const text = `built for [Show](${target} "title") and [[Show]](${target})`;
      doesNotMatch(plainMessage(text), LINK);
    }
  });

  test('is left as it is otherwise', () => {
    const text = 'mkbox: linux-box [main] (old): (a)[b] ]';
    equal(plainMessage(text), text);
  });
});
