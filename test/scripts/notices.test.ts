import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, suite, test } from 'node:test';
import { noticeOf, packagesIn } from '../../scripts/notices.ts';
import { PROJECT_ROOT } from '../vscode/cache.ts';

suite('ThirdPartyNotices.txt', () => {
  let notices = '';
  let inputs: string[] = [];
  before(async () => {
    notices = await readFile(path.join(PROJECT_ROOT, 'dist/ThirdPartyNotices.txt'), 'utf8');
    inputs = JSON.parse(await readFile(path.join(PROJECT_ROOT, 'dist/inputs.json'), 'utf8'));
  });

  test('has the licence of every package that the build took code from', () => {
    const names = packagesIn(inputs);
    ok(names.length > 10 && names.includes('hono') && names.includes('@mongodb-js/zstd'), names.join(' '));
    for (const name of names) {
      const { version, license, text } = noticeOf(PROJECT_ROOT, name);
      ok(notices.includes(`${name} ${version} (${license})\n\n${text}`), name);
    }
  });

  test('has those of no other packages', () => {
    const named = Array.from(notices.matchAll(/^(\S+) \d+\.\d+\.\d+\S* \(\S+\)$/gm), ([, name]) => name);
    deepEqual(named.sort(), packagesIn(inputs));
  });

  test('has that of Zstandard, which is in the binaries', () => {
    ok(notices.includes('Copyright (c) Meta Platforms, Inc. and affiliates.'));
  });
});

test('a package is named by its folder, scoped or not, nested or not', () => {
  const inputs = ['src/cli.ts', 'node_modules/hono/dist/index.js', 'node_modules/@scope/name/dist/index.mjs'];
  deepEqual(packagesIn([...inputs, 'node_modules/hono/dist/app.js']), ['@mongodb-js/zstd', '@scope/name', 'hono']);
});

test('a package without a licence file stops the build', async () => {
  equal(noticeOf(PROJECT_ROOT, 'hono').license, 'MIT');
  const root = await mkdtemp(path.join(tmpdir(), 'mkbox-notices-'));
  try {
    const folder = path.join(root, 'node_modules', 'bare');
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'package.json'), '{ "version": "1.0.0", "license": "MIT" }');
    throws(() => noticeOf(root, 'bare'), /bare has no licence file/);
    await writeFile(path.join(folder, 'LICENCE.txt'), 'Do what you like.\n');
    equal(noticeOf(root, 'bare').text, 'Do what you like.');
  } finally {
    await rm(root, { recursive: true });
  }
});
