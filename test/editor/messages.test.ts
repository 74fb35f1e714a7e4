import { deepEqual, ok } from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { PROJECT_ROOT } from '../vscode/cache.ts';

/** A sentence with nothing in it that others chose. */
const FIXED = /^(vscode\.)?(l10n|words)\.t\(\s*(?:'(?:[^'\\]|\\.)*'|"[^"]*"),?\s*\)/;

/** What VS Code turns links in into links: the text of a message, and the prompt of an input box. */
const TEXTS = /(?:show(?:Error|Warning|Information)Message\(|\bprompt: (?!string;))\s*/g;

suite('what the editor shows of the words of others', () => {
  const sources = globSync(['src/extension.ts', 'src/editor/**/*.ts'], { cwd: PROJECT_ROOT });
  const texts = sources.flatMap((file) => {
    const source = readFileSync(path.join(PROJECT_ROOT, file), 'utf8');
    return Array.from(source.matchAll(TEXTS), ({ index, 0: { length } }) => {
      const line = source.slice(0, index).split('\n').length;
      return { where: `${file}:${line}`, text: source.slice(index + length) };
    });
  });

  test('has no links in messages and prompts', () => {
    ok(texts.length > 30);
    deepEqual(
      texts.filter(({ text }) => !FIXED.test(text) && !text.startsWith('plainMessage(')).map(({ where }) => where),
      [],
    );
  });
});
