import { deepEqual, ok } from 'node:assert/strict';
import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { findFaults } from '../../src/boxbuild/findings.ts';
import type { Files } from '../../src/boxbuild/layout.ts';

const DEMO = path.join(import.meta.dirname, '../../demo');

const FILES: Files = {
  read: async (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined),
  isFolder: async (folder) => existsSync(folder) && statSync(folder).isDirectory(),
  exists: async (file) => existsSync(file),
  folders: async (folder) => readdirSync(folder),
};

test('the BOXBUILDs of the demo say nothing wrong', async () => {
  const all = globSync('{boxes,boards}/*/BOXBUILD', { cwd: DEMO });
  ok(all.length >= 5);
  for (const name of all) {
    const file = path.join(DEMO, name);
    deepEqual(await findFaults(file, readFileSync(file, 'utf8'), FILES), [], name);
  }
});
