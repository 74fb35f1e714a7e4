import { deepEqual, equal } from 'node:assert/strict';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { PROJECT_ROOT } from '../vscode/cache.ts';

/** The test files that an npm script runs, by the globs in its command. */
async function filesOf(script: string): Promise<string[]> {
  const { scripts } = JSON.parse(await readFile(path.join(PROJECT_ROOT, 'package.json'), 'utf8'));
  const globs = Array.from(String(scripts[script]).matchAll(/'([^']+)'/g), ([, glob = '']) => glob);
  return globSync(globs, { cwd: PROJECT_ROOT });
}

test('each test file is in one of test:unit, test:integration and test:vscode, and in no two', async () => {
  const groups = await Promise.all(['test:unit', 'test:integration', 'test:vscode'].map(filesOf));
  equal(
    groups.every((files) => files.length > 0),
    true,
  );
  deepEqual(groups.flat().sort(), (await filesOf('test:all')).sort());
});
