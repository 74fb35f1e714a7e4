import { deepEqual, equal, ok } from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { readScript } from '../../src/boxbuild/script.ts';
import { processorMs } from '../processor-time.ts';
import { bash, ON_LINUX } from './bash.ts';
import { RELEASE } from './project.ts';

/** The commands of a text, each as its words and assignments are written. */
function commandsOf(text: string): string[] {
  return readScript(text).commands.map(({ words, assignments, within, isConditional }) => {
    const parts = [...assignments, ...words].map(({ start, end }) => text.slice(start, end));
    return `${within === undefined ? '' : `${within}: `}${isConditional ? '? ' : ''}${parts.join(' ')}`;
  });
}

/** What opens something, and closes it where bash closes it. */
const WHOLE: readonly string[] = [
  '',
  'if x; then y; fi',
  'case x in a) ;; (b|"c)") ;; esac',
  "x=$'it\\'s'",
  `x="5$'s"`,
  'x=$"a b"',
  "x=$(\n# don't\nls\n)",
  'x=$(ls; # )\n)',
  "x=$(cat <<EOF\nit's )\nEOF\n)",
  "x=$(cat <<-'A' <<B\n\tit's\n\tA\n$( \"\nB\n)",
  'x=$(case a in a) echo it;; b) echo "it\'s";; esac)',
  `x=$(if [ "$(echo ")")" = ')' ]; then (echo a); fi)`,
  '"$(f() { echo }; }; f)"',
  "cat <(# don't\n)",
  "x=`# don't`",
  `x=\${y:-{}`,
  `x=\${y#(}`,
  `x="\${y:-"don't"}"`,
  `x="\${y%'}'}"`,
  `x=\${y:-$(echo '}')}`,
  `x=\${#y}\ny=\${x#*#}`,
  'x=$(( 16#ff << (2) ))',
  'x=$[ a[1] + 2 ]',
  '[[ a && # don\'t\n b == "x ]] y" ]]',
  '[[ a =~ ^(a|b)$ ]]',
  '[[ a =~ ^(#|$) ]] && b',
  '[[ a =~ ^($|#) ]] && b',
  '[[ a =~ (x|#) ]] && b\n[[ c ]]',
  "cat <<E\nit's \\\nE\nE",
  "cat <<'E'\nit's \\\nE",
  "a=( # don't\n b )",
];
/** What is still open at its end, or closes what nobody opened. */
const BROKEN: readonly string[] = [
  'if x',
  '}',
  'x() {',
  'a=(b',
  ')',
  '[[ a',
  'cat <<E\nx',
  'x="',
  "x='",
  "x=$'it\\'",
  'x=$"',
  'x=`ls',
  'x=$(ls',
  'x="$(ls"',
  'x=$(ls # )',
  'x=$(cat <<E\n)\nx',
  'x=$(if x)',
  'x=<(ls',
  `x=\${y`,
  // an apostrophe is a quote here, to the parser of bash, though it stays in the value
  `x="\${y:-don't}"`,
  'x=$((1)',
  'x=$[1',
  '((1)',
];

suite('a script', () => {
  const cases: readonly (readonly [text: string, commands: readonly string[]])[] = [
    ['a=1 b+="x y" run it; next', ['a=1 b+="x y" run it', 'next']],
    ['a=( # one\n b "c d" ) # a=2\nend', ['a=( # one\n b "c d" )', 'end']],
    ['export A=1 B\ndeclare -x C=2', ['A=1 export B', 'C=2 declare -x']],
    ['if test; then yes; else no; fi; after', ['? test', '? yes', '? no', 'after']],
    ['first && second || third\nfourth', ['first', '? second', '? third', 'fourth']],
    ['a &&\n\n # more\n b\nc | \\\n d |\n e\nf', ['a', '? b', 'c', '? d', '? e', 'f']],
    ['a && { b; c\n d; }\ne && (f)\n{ g; h; } && [[ i ]]\nj', ['a', '? b', '? c', '? d', 'e', '? f', 'g', 'h', 'j']],
    ['cat <<E &&\nx\nE\nb\nc', ['cat', '? b', 'c']],
    ['function f()\n{\n  a\n}\ng() { b; }\nfunction h { c; }\ni() ( d )\ne', ['f: a', 'g: b', 'h: c', 'i: d', 'e']],
    ['case $x in a|b) one;; (c) two ;; esac; end', ['? one', '? two', 'end']],
    ['cat <<A <<-"B" > out\none=1\nA\n\ttwo\n\tB\nend', ['cat', 'end']],
    ['[[ a && b ]] && x\n(( 1 < 2 ))\nend', ['? x', 'end']],
    ['[[ a =~ (x|#) ]] && b\nc\n[[ d ]] && e', ['? b', 'c', '? e']],
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

  for (const [isWhole, texts] of [
    [true, WHOLE],
    [false, BROKEN],
  ] as const) {
    for (const text of texts) {
      const told = `is ${isWhole ? '' : 'not '}whole: ${JSON.stringify(text)}`;
      test(told, () => equal(readScript(text).isWhole, isWhole));

      test(`${told}, and bash says so, too`, ON_LINUX, () => {
        const { status, stderr } = bash(['-n'], `${text}\n`);
        deepEqual([status === 0 && stderr === '', stderr], [isWhole, isWhole ? '' : stderr]);
      });
    }
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

  test('takes a time in proportion to its length', async () => {
    for (const text of [
      'a=(b c)\n',
      '$(',
      '"',
      '{ ',
      'a() {\n',
      '<<A\n',
      '((',
      '[[ ',
      '"$(',
      '"${x:-',
      '$((',
      '[[ $(',
    ]) {
      const ms = await processorMs(() => readScript(text.repeat(20_000)));
      ok(ms < 2_000, `${text} took ${ms} ms`);
    }
  });
});
