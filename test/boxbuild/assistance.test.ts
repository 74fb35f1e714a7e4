/** What helps to write a BOXBUILD: what its names mean, what can be typed, where its paths lead, what stands in it. */
import { deepEqual, equal } from 'node:assert/strict';
import path from 'node:path';
import { suite, test } from 'node:test';
import { spotAt } from '../../src/boxbuild/completion.ts';
import { findLinks } from '../../src/boxbuild/links.ts';
import { outlineOf } from '../../src/boxbuild/outline.ts';
import { boardSnippet, boxSnippet, termSnippet } from '../../src/boxbuild/snippets.ts';
import { termAt } from '../../src/boxbuild/terms.ts';
import { TERMS, type Term } from '../../src/boxbuild/vocabulary.ts';
import { filesOf, findingsIn, RELEASE, ROOT } from './project.ts';

/** The offset of the mark `^` in a text, and the text without it. */
function marked(text: string): { text: string; offset: number } {
  return { text: text.replace('^', ''), offset: text.indexOf('^') };
}

suite('a name that mkbox knows', () => {
  const cases: readonly (readonly [text: string, term: Term | undefined])[] = [
    ['ap^ks+=(vim)', 'apks'],
    ['apks+=(na^me)', undefined],
    ['# na^me="x"', undefined],
    ['ex^tend "$SRC/x"', 'extend'],
    ['extend "$S^RC/x"', 'SRC'],
    ['run extend^ed', undefined],
    [`x="\${BOA^RD}"`, 'BOARD'],
    ['function ro^ot()\n{\n:\n}', 'root'],
    ['root() { enable_ser^vice a b; }', 'enable_service'],
    ['echo ro^ot', undefined],
    ["echo 'na^me'", undefined],
  ];
  for (const [text, term] of cases) {
    test(`is ${term ?? 'none'} at ${text}`, () => {
      const { text: whole, offset } = marked(text);
      const use = termAt(whole, offset);
      equal(use?.term, term);
      if (use !== undefined) equal(whole.slice(use.start, use.end), term);
    });
  }
});

suite('what can be typed', () => {
  const cases: readonly (readonly [before: string, spot: unknown])[] = [
    ['', { kind: 'command', isFirst: true }],
    ['# a box\n\nex', { kind: 'command', isFirst: true }],
    ['name=x\nap', { kind: 'command', isFirst: false }],
    ['root() {\n  en', { kind: 'command', isFirst: false }],
    ['cp "$', { kind: 'variable' }],
    [`cp \${SR`, { kind: 'variable' }],
    ['extend "$BOX', { kind: 'extend', start: 7 }],
    ['a\nextend ', { kind: 'extend', start: 9 }],
    ['  enable_service "sshd" "de', { kind: 'runlevel' }],
    ['apks+=(\n  vim\n  na', undefined],
    ['apks+=(na', undefined],
    ['# na', undefined],
    ['echo na', undefined],
  ];
  for (const [before, spot] of cases) test(`behind ${JSON.stringify(before)}`, () => deepEqual(spotAt(before), spot));
});

suite('a snippet', () => {
  /** What stands there when a user tabs through the stops. */
  const filled = (snippet: string) =>
    snippet
      .replaceAll(/(?<!\\)\$\{\d+\|([^,|]*)[^}]*\}/g, '$1')
      .replaceAll(/(?<!\\)\$\{\d+:((?:[^}\\]|\\.)*)\}/g, '$1')
      .replaceAll(/(?<!\\)\$\d/g, '')
      .replaceAll(/\\([\\$}])/g, '$1');

  test('of a new box is one that mkbox builds', async () => {
    const text = filled(boxSnippet('new-box')).replaceAll('linux-box', 'base-box');
    deepEqual(await findingsIn({ ...RELEASE, 'boxes/new-box/BOXBUILD': text }, 'boxes/new-box/BOXBUILD'), []);
    equal(/^name="new-box"$/m.test(text), true);
  });

  test('of a new board is one that boxes can be built for', async () => {
    const project = { ...RELEASE, 'boards/new-board/BOXBUILD': filled(boardSnippet('new-board')) };
    deepEqual(await findingsIn(project, 'boards/new-board/BOXBUILD'), []);
    deepEqual(await findingsIn(project, 'boxes/app-box/BOXBUILD'), []);
  });

  test('keeps the dollar signs of bash', () => {
    equal(filled(termSnippet('root')), 'function root()\n{\n\tcp -r "$SRC/root/"* "$DEST"\n\t\n}');
    equal(filled(termSnippet('name')), 'name=""');
  });

  test('of a name begins with it, or uses it', () => {
    for (const term of Object.keys(TERMS) as Term[]) equal(termSnippet(term).includes(term), true, term);
  });
});

suite('the links of a BOXBUILD', () => {
  async function linksOf(file: string, text: string): Promise<unknown[]> {
    const files = filesOf({
      ...RELEASE,
      'boards/board-b/output/flash.bin': '',
      'boxes/app-box/root/etc/motd': '',
      [file]: text,
    });
    const links = await findLinks(path.join(ROOT, file), text, {
      ...files,
      exists: async (name) => (await files.exists(name)) || files.isFolder(name),
    });
    return links.map(({ start, end, target }) => [text.slice(start, end), path.relative(ROOT, target)]);
  }

  test('lead to what it extends and to files beside it', async () => {
    const text =
      'extend "$BOXES_BASE/base-box/BOXBUILD"\nroot() {\n  cp -r "$SRC/root/"* "$DEST"\n  cp "$SRC/root/etc/motd" $SRC\n}\n';
    deepEqual(await linksOf('boxes/app-box/BOXBUILD', text), [
      ['"$BOXES_BASE/base-box/BOXBUILD"', 'boxes/base-box/BOXBUILD'],
      ['"$SRC/root/"*', 'boxes/app-box/root'],
      ['"$SRC/root/etc/motd"', 'boxes/app-box/root/etc/motd'],
    ]);
  });

  test('lead to the first board, and not to what is not there', async () => {
    const text = 'extend "$BOARDS_BASE/$BOARD/BOXBUILD"\n_x="$SRC/none"\n_y="$SRC/$(date)"\n';
    deepEqual(await linksOf('boxes/base-box/BOXBUILD', text), [
      ['"$BOARDS_BASE/$BOARD/BOXBUILD"', 'boards/board-a/BOXBUILD'],
    ]);
  });

  test("lead from a board's flush() to its output", async () => {
    const text = 'flush() { dd if="$SRC/flash.bin"; cp "$SRC/flash.bin" "$DEV"; }\n';
    deepEqual(await linksOf('boards/board-b/BOXBUILD', text), [
      ['"$SRC/flash.bin"', 'boards/board-b/output/flash.bin'],
    ]);
  });
});

test('the outline has what it extends, directives and functions, in their order', () => {
  const text = RELEASE['boxes/base-box/BOXBUILD'] ?? '';
  deepEqual(
    outlineOf(text).map(({ kind, name, detail }) => [kind, name, detail]),
    [
      ['extend', 'extend', '"$BOARDS_BASE/$BOARD/BOXBUILD"'],
      ['directive', 'name', '"base-box"'],
      ['directive', 'domain', '"example.local"'],
      ['directive', 'update_server_http', '"https://update.example.local:5555"'],
      ['array', 'initramfs_apks', '6'],
      ['array', 'apks', '3'],
      ['function', 'initramfs', ''],
      ['function', 'root', ''],
    ],
  );
});
