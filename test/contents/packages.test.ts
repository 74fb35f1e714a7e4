import { deepEqual } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parsePackages } from '../../src/contents/packages.ts';

suite("the packages in apk's database", () => {
  test('are its paragraphs, by name', () => {
    const text = [
      'C:Q1abc=',
      'P:openrc',
      'V:0.55-r1',
      'A:aarch64',
      'S:1000',
      'I:2000',
      'T:P:not a name',
      'L:BSD-2-Clause',
      'o:openrc-source',
      'F:etc',
      'R:passwd',
      '',
      'P:busybox',
      'V:1.37.0-r9',
      '',
      '',
    ].join('\n');
    deepEqual(parsePackages(text), [
      { name: 'busybox', version: '1.37.0-r9', bytes: 0 },
      {
        name: 'openrc',
        version: '0.55-r1',
        arch: 'aarch64',
        bytes: 2000,
        description: 'P:not a name',
        license: 'BSD-2-Clause',
        origin: 'openrc-source',
      },
    ]);
  });

  test('are none where there is nothing', () => deepEqual(parsePackages(''), []));
});
