import { equal } from 'node:assert/strict';
import { constants } from 'node:os';
import { suite, test } from 'node:test';
import { codeText } from '../src/code-text.ts';

suite("the system's name for an error", () => {
  for (const [code, text] of [
    ['ENOSPC', 'ENOSPC, the disk is full'],
    ['EROFS', 'EROFS, the disk is read-only'],
    ['EACCES', 'EACCES, permission denied'],
    ['ECONNREFUSED', 'ECONNREFUSED, nothing listens there'],
    ['ENOTDIR', 'ENOTDIR'],
    ['toString', 'toString'],
  ] as const) {
    test(`is said with what it means: ${code}`, () => {
      equal(codeText(code), text);
    });
  }

  test('is one that there is', () => {
    for (const code of ['EACCES', 'EDQUOT', 'EIO', 'EMFILE', 'ENOSPC', 'EPERM', 'EROFS', 'ESTALE']) {
      equal(codeText(code).startsWith(`${code}, `), true, code);
      if (process.platform === 'linux') equal(code in constants.errno, true, code);
    }
  });
});
