import { equal } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { workspace } from '../window.ts';

const { Recipes } = await import('../../../src/editor/build/recipes.ts');

test('what a BOXBUILD says now counts, though an earlier look at it ends later', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'mkbox-recipes-'));
  const boxbuild = path.join(folder, 'BOXBUILD');
  execFileSync('mkfifo', [boxbuild]); // a slow disk: who reads it waits for what is written
  const recipes = new Recipes();
  const boxes = [{ name: 'box', path: folder }];
  const early = recipes.read(boxes);
  workspace.textDocuments = [{ uri: { scheme: 'file', fsPath: boxbuild }, getText: () => 'name="new"\n' }];
  equal(await recipes.read(boxes), true);
  await writeFile(boxbuild, 'name="old"\n');
  equal(await early, false);
  equal(recipes.in(folder)?.name, 'new');
  await rm(folder, { recursive: true });
});
