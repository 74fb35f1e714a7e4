import { ok } from 'node:assert/strict';
import { suite, test } from 'node:test';
import manifest from '../../../package.json' with { type: 'json' };
import { imageContext } from '../../../src/editor/views/image-context.ts';

const MARKS = ['isPackable', 'isBuildable', 'isEarlier'] as const;

/** What a menu's clause asks of a row in the view of images; undefined where it asks of another view, or of no row. */
function patternOf(when: string): RegExp | undefined {
  if (!when.includes('view == mkbox.images')) return undefined;
  const [, pattern] = /viewItem =~ \/((?:\\.|[^/])+)\//.exec(when) ?? [];
  return pattern === undefined ? undefined : new RegExp(pattern);
}

suite('a menu of an image', () => {
  const entries = manifest.contributes.menus['view/item/context'].flatMap(({ command, when }) => {
    const pattern = patternOf(when);
    return pattern === undefined ? [] : [{ command, pattern }];
  });

  for (const kind of ['ready', 'wrong', 'incomplete', 'unpacked'] as const) {
    test(`offers what it offers for one that is ${kind}, whatever else its row is marked as`, () => {
      const none = { isPackable: false, isBuildable: false, isEarlier: false };
      for (const { command, pattern } of entries) {
        for (const mark of [undefined, ...MARKS]) {
          const some = mark === undefined ? none : { ...none, [mark]: true };
          if (!pattern.test(imageContext(kind, some))) continue;
          for (const other of MARKS) {
            const more = imageContext(kind, { ...some, [other]: true });
            ok(pattern.test(more), `${command} is not offered for "${more}"`);
          }
        }
      }
    });
  }

  test('is read from the manifest', () => {
    ok(entries.length > 20);
  });
});
