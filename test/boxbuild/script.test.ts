import { deepEqual, equal, ok } from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { readScript } from '../../src/boxbuild/script.ts';
import { expand, readWord } from '../../src/boxbuild/words.ts';
import { RELEASE } from './project.ts';

const LOOKUP = (name: string) => ({ SRC: '/src', BOARD: 'pi' })[name];

suite('a word of bash', () => {
  const cases: readonly (readonly [text: string, value: string | undefined])[] = [
    ['plain', 'plain'],
    ["'single $SRC \\'", 'single $SRC \\'],
    ['"double \\" \\$ \\x"', 'double " $ \\x'],
    ['"$SRC/a b"/c', '/src/a b/c'],
    ['$SRC$BOARD.x', '/srcpi.x'],
    [`\${SRC}x`, '/srcx'],
    [`"\${BOARD:-a b}"`, undefined],
    ['"$(echo ")")"x', undefined],
    ['`date`', undefined],
    ['$OTHER', undefined],
    ['a*', undefined],
    ['~/x', undefined],
    ['a~', 'a~'],
    ['a\\ b', 'a b'],
    ["$'a\\n'", undefined],
    ['$', '$'],
    ['', ''],
  ];
  for (const [text, value] of cases) {
    test(`is read to its end and expanded: ${text}`, () => {
      const word = readWord(`${text} next`, 0);
      deepEqual([word.end, expand(word, LOOKUP)], [text.length, value]);
    });
  }
});

/** The commands of a text, each as its words and assignments are written. */
function commandsOf(text: string): string[] {
  return readScript(text).commands.map(({ words, assignments, within, isConditional }) => {
    const parts = [...assignments, ...words].map(({ start, end }) => text.slice(start, end));
    return `${within === undefined ? '' : `${within}: `}${isConditional ? '? ' : ''}${parts.join(' ')}`;
  });
}

suite('a script', () => {
  const cases: readonly (readonly [text: string, commands: readonly string[]])[] = [
    ['a=1 b+="x y" run it; next', ['a=1 b+="x y" run it', 'next']],
    ['a=( # one\n b "c d" ) # a=2\nend', ['a=( # one\n b "c d" )', 'end']],
    ['export A=1 B\ndeclare -x C=2', ['A=1 export B', 'C=2 declare -x']],
    ['if test; then yes; else no; fi; after', ['? test', '? yes', '? no', 'after']],
    ['first && second || third\nfourth', ['first', '? second', '? third', 'fourth']],
    ['function f()\n{\n  a\n}\ng() { b; }\nfunction h { c; }\ni() ( d )\ne', ['f: a', 'g: b', 'h: c', 'i: d', 'e']],
    ['case $x in a|b) one;; (c) two ;; esac; end', ['? one', '? two', 'end']],
    ['cat <<A <<-"B" > out\none=1\nA\n\ttwo\n\tB\nend', ['cat', 'end']],
    ['[[ a && b ]] && x\n(( 1 < 2 ))\nend', ['? x', 'end']],
    ['for i in a b; do run "$i"; done < in\nend', ['? run "$i"', 'end']],
    ['run a \\\n  b\nrun "a\nb"', ['run a b', 'run "a\nb"']],
    ['a 2>&1 &> out', ['a 2']],
  ];
  for (const [text, expected] of cases)
    test(`is read: ${JSON.stringify(text)}`, () => deepEqual(commandsOf(text), expected));

  test('says where its functions begin and end', () => {
    const text = 'x=1\nfunction  root ()\n{\n  a\n}\n';
    const [root] = readScript(text).functions;
    ok(root);
    equal(text.slice(root.start, root.end), 'function  root ()\n{\n  a\n}');
    equal(text.slice(root.nameStart, root.nameEnd), 'root');
  });

  for (const text of ['if x', '}', 'x() {', 'a=(b', 'cat <<E\nx', ')', '[[ a']) {
    test(`is not whole: ${JSON.stringify(text)}`, () => equal(readScript(text).isWhole, false));
  }

  test('is read to its end, whatever is in it', () => {
    const pieces = fc.constantFrom(
      ...'(){}[]<>|&;$\'"`\\#=+ \n\t'.split(''),
      'if ',
      'case ',
      ' in ',
      'fi',
      'esac',
      'a',
      '<<A',
      '((',
      '[[ ',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (all) => {
        const text = all.join('');
        for (const { start, words } of readScript(text).commands) {
          ok(start <= text.length && words.every((word) => word.end <= text.length));
        }
      }),
    );
  });

  test('is read at every length of it', () => {
    for (const text of Object.values(RELEASE)) {
      for (let length = 0; length <= text.length; length++) readScript(text.slice(0, length));
    }
  });

  test('takes a time in proportion to its length', () => {
    for (const text of ['a=(b c)\n', '$(', '"', '{ ', 'a() {\n', '<<A\n', '((', '[[ ']) {
      const start = performance.now();
      readScript(text.repeat(20_000));
      ok(performance.now() - start < 2_000, `${text} took ${performance.now() - start} ms`);
    }
  });
});
