import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { tooltipMarkdown } from '../../../src/editor/words/tooltip-markdown.ts';

const HOSTILE = [
  '[x](command:workbench.action.quit)',
  '<command:workbench.action.quit>',
  'https://example.com www.example.com a@example.com',
  '`a` | b | **c** $(alert) <b>d</b> &lt;',
  'a\n\n[y]: command:z\n# b\r\n---\u2028- c',
  '  1. a\\',
];

suite('the Markdown of a tooltip', () => {
  test('is a title, a list of facts and a line of links', () => {
    const links = [
      { label: 'Copy', command: 'mkbox.copyDetail', args: [{ detail: { value: '(é)' } }] },
      { label: 'Open', command: 'mkbox.openStatusPage' },
    ];
    equal(
      tooltipMarkdown({ title: 'bench', facts: [{ label: 'Runs', value: 'abc' }], links }),
      '**bench**\n\n- Runs: abc' +
        '\n\n[Copy](command:mkbox.copyDetail?%5B%7B%22detail%22%3A%7B%22value%22%3A%22%28%C3%A9%29%22%7D%7D%5D)' +
        ' | [Open](command:mkbox.openStatusPage)',
    );
  });

  for (const name of HOSTILE) {
    test(`shows ${JSON.stringify(name)} as text`, () => {
      const markdown = tooltipMarkdown({
        title: name,
        facts: [{ label: name, value: name }],
        links: [{ label: name, command: 'mkbox.copyDetail', args: [name] }],
      });
      const [, title = '', label = '', value = '', link = '', query = '', ...more] =
        /^\*\*(.*)\*\*\n\n- (.*): (.*)\n\n\[(.*)\]\(command:mkbox\.copyDetail\?(.*)\)$/u.exec(markdown) ?? [];
      for (const text of [title, label, value, link]) {
        equal(text.replace(/&#\d+;|[\p{L}\p{N} ]/gu, ''), '');
        equal(decoded(text), name.replace(/\s+/gu, ' ').trim());
      }
      equal(query.replace(/[\w.%-]/g, ''), '');
      deepEqual([JSON.parse(decodeURIComponent(query)), more], [[name], []]);
    });
  }
});

function decoded(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
}
