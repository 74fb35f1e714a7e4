import { deepEqual, equal, ok } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { readScript } from '../../src/boxbuild/script.ts';
import { expand } from '../../src/boxbuild/words.ts';
import { bash, ON_LINUX } from './bash.ts';

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
    ["''", ''],
    ['"5$\'s"', "5$'s"],
    ['$"loc $SRC"', 'loc /src'],
    ["$'it\\'s'", undefined],
    ['$[ 1 + a[2] ]', undefined],
    [`\${OTHER:-{}`, undefined],
    [`\${OTHER:-$(echo ")" '}')}`, undefined],
    [`"\${OTHER:-"it's"}"`, undefined],
    ['$(case a in a) echo ")";; esac # )\n)', undefined],
    ["$(cat <<EOF\nit's )\nEOF\n)", undefined],
    ['$(( 1 << (2) ))', undefined],
  ];
  for (const [text, value] of cases) {
    test(`is read to its end and expanded: ${text}`, () => {
      const [, word, next] = readScript(`run ${text} next`).commands[0]?.words ?? [];
      ok(word && next);
      deepEqual([word.start, word.end, expand(word, LOOKUP)], [4, 4 + text.length, value]);
      equal(next.start, word.end + 1);
    });

    test(`is read as bash reads it: ${text}`, ON_LINUX, () => {
      const { stdout } = bash(['-c', `SRC=/src BOARD=pi HOME=/root; printf '%s\\0' ${text} next`]);
      const words = stdout.split('\0').slice(0, -1);
      deepEqual(value === undefined ? words.at(-1) : words, value === undefined ? 'next' : [value, 'next']);
    });
  }
});
