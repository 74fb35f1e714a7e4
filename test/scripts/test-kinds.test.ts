import { deepEqual, ok } from 'node:assert/strict';
import { globSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { mayShare, NAMED, opensWindows, waits } from '../../scripts/test-kinds.ts';
import { PROJECT_ROOT } from '../vscode/cache.ts';

const files = globSync('test/**/*.test.ts', { cwd: PROJECT_ROOT });

test('each folder and file that is named as of a kind is there', () => {
  const is = (name: string) => files.some((file) => file === `${name}.test.ts` || file.startsWith(name + path.sep));
  deepEqual(
    NAMED.filter((name) => !is(name)),
    [],
  );
});

test('no test file is of two kinds', () => {
  const kinds = [mayShare, opensWindows, waits];
  for (const file of files) ok(kinds.filter((isOf) => isOf(file)).length <= 1, file);
  for (const isOf of kinds) ok(files.some(isOf), isOf.name);
});
