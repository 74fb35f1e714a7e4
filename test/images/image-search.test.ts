import { deepEqual } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Catalog } from '../../src/images/catalog.ts';
import { searchImages } from '../../src/images/image-search.ts';
import { makeBoxes, writeSet } from './image-sets.ts';

const IDS = [
  'docker-box/docker-box-odroid-c4-feature-x-1.2.0',
  'docker-box/docker-box-odroid-c4-main',
  'led-blink/example-led-blink-odroid-c4',
  'odd/{a,b}!(c)-pi',
];

suite('a search', async () => {
  await using boxes = await makeBoxes();
  for (const id of IDS) await writeSet(boxes.root, ...(id.split('/') as [string, string]));
  const { images } = await new Catalog([boxes.root]).refresh();
  const find = (search: string) => searchImages(images, search).map(({ id }) => id);
  const [feature = '', main = '', led = '', odd = ''] = IDS;

  const cases: readonly [search: string, what: string, found: readonly string[]][] = [
    ['', 'finds everything', IDS],
    ['*', 'finds everything', IDS],
    ['main', 'may begin and end anywhere in the name', [main]],
    ['docker-box-odroid-c4-main', 'may be the whole name', [main]],
    ['led-blink/', 'is held against the folder too', [led]],
    ['led-blink/example', 'may go over the slash', [led]],
    ['docker-box/docker-box-odroid-c4-main', 'may be the whole line', [main]],
    ['feature*1.2', 'has a star for anything', [feature]],
    ['docker*main', 'has a star that needs no slash', [main]],
    ['blink*odroid', 'has a star that goes over the slash', [led]],
    ['*/*', 'has a star on both sides of a slash', IDS],
    ['ma?n', 'has a question mark for one character', [main]],
    ['mai?n', 'has a question mark for no less than one', []],
    ['[Dd]ocker', 'has brackets for one of several', [feature, main]],
    ['c4-[!m]', 'has an exclamation mark for none of them', [feature]],
    ['c4-[^m]', 'has a caret for a caret', [main]],
    ['[0-9].[0-9]', 'has ranges', [feature]],
    ['Main', 'tells cases apart', []],
    ['!main', 'is no negation by an exclamation mark', []],
    ['#', 'is no comment', []],
    ['{a,b}', 'takes braces as they stand', [odd]],
    ['{main,feature}', 'has no alternatives', []],
    ['!(c)', 'takes parentheses as they stand', [odd]],
    ['..', 'does not climb', []],
    ['../', 'does not climb by a slash', []],
    ['/docker-box', 'may begin with the slash of the line', [feature, main]],
    ['main\n', 'takes a line feed as it stands', []],
  ];
  for (const [search, what, found] of cases) {
    test(`${what}: ${JSON.stringify(search)}`, () => deepEqual(find(search), found));
  }

  test('that is longer than any name finds nothing', () => deepEqual(find('*'.repeat(256)), []));
});
