import { deepEqual } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { allowedHostNames } from '../../../src/editor/serving/allowed-hosts.ts';

suite('the setting mkbox.allowedHosts', () => {
  const read = (...entries: string[]) => {
    const warnings: string[] = [];
    return { names: allowedHostNames(entries, (text) => warnings.push(text)), warnings };
  };

  test('means the names in it, however they are written', () => {
    const { names, warnings } = read('https://update.example.org', '.example.org', 'a.example:80');
    deepEqual([names, warnings], [['update.example.org', '.example.org', 'a.example'], []]);
  });

  test('keeps the names beside one that is none, and tells of that', () => {
    const { names, warnings } = read('a.example', 'b c');
    const text = '"b c" is no name; write update.example.org, .example.org for all names below it, or *';
    deepEqual([names, warnings], [['a.example'], [`mkbox.allowedHosts: ${text}`]]);
  });
});
