import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { PathMatcher } from '../../../src/editor/inside/path-matcher.ts';

/** What is typed, the paths there are, and those that are found, the best one first. */
const TABLE: readonly (readonly [what: string, query: string, paths: string[], found: string[]])[] = [
  ['a part of the name', 'motd', ['/etc/passwd', '/etc/motd'], ['/etc/motd']],
  ['characters that are scattered', 'd77f42', ['/lib/d1e77ab/f420', '/lib/f42/d77'], ['/lib/d1e77ab/f420']],
  ['upper and lower case', 'readme', ['/usr/README.md'], ['/usr/README.md']],
  ['the same case first', 'Makefile', ['/a/makefile', '/a/Makefile'], ['/a/Makefile', '/a/makefile']],
  ['not in another order', 'dtom', ['/etc/motd'], []],
  [
    'the whole name before a longer one',
    'sh',
    ['/bin/shadow', '/usr/bin/sh', '/usr/share'],
    ['/usr/bin/sh', '/usr/share', '/bin/shadow'],
  ],
  ['the name before a folder', 'init', ['/init.d/a', '/etc/init'], ['/etc/init', '/init.d/a']],
  [
    'what follows one another before what is scattered',
    'conf',
    ['/etc/c1o1n1f', '/etc/my-conf'],
    ['/etc/my-conf', '/etc/c1o1n1f'],
  ],
  ['beginnings of parts', 'eid', ['/home/neid', '/etc/init.d', '/medikit'], ['/etc/init.d', '/home/neid']],
  ['the beginning of a word before its middle', 'key', ['/a/monkey', '/a/ssh_key'], ['/a/ssh_key', '/a/monkey']],
  ['folders with slashes', 'etc/mo', ['/etc/motd', '/motd/etc'], ['/etc/motd']],
  ['several words in any order', 'motd etc', ['/etc/motd', '/usr/motd'], ['/etc/motd']],
  ['the shorter one of two that are as good', 'x', ['/aaa/x1', '/a/x1'], ['/a/x1', '/aaa/x1']],
  ['everything, as it is, where nothing is typed', '', ['/b', '/a/long/one', '/a'], ['/b', '/a/long/one', '/a']],
  ['nothing', 'zzz', ['/etc/motd'], []],
];

suite('a query finds paths by', () => {
  for (const [what, query, paths, found] of TABLE) {
    test(what, async () => {
      const matches = await new PathMatcher(paths).best(query, 10);
      deepEqual(
        matches?.best.map((index) => paths[index]),
        found,
      );
    });
  }

  test('no more than are asked for, and tells how many there are', async () => {
    const paths = Array.from({ length: 1000 }, (_, index) => `/lib/file${index}`);
    const matches = await new PathMatcher(paths).best('file9', 5);
    deepEqual([matches?.best[0], matches?.best.length, matches?.total], [9, 5, 271]);
  });

  test('nothing more when another one is typed', async () => {
    equal(await new PathMatcher(['/etc']).best('e', 5, () => true), undefined);
  });
});
