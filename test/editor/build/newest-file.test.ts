import { deepEqual, equal } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { suite, test } from 'node:test';
import { branchOf } from '../../../src/editor/build/git-branch.ts';
import { ignoredFiles } from '../../../src/editor/build/ignored-files.ts';
import { newestFile } from '../../../src/editor/build/newest-file.ts';
import { makeBoxes } from '../../images/image-sets.ts';

/** A folder with files, each of which was changed so many seconds after 1970. */
async function folderWith(files: Readonly<Record<string, number>>) {
  const folder = await makeBoxes();
  for (const [name, seconds] of Object.entries(files)) {
    await mkdir(path.dirname(folder.at(name)), { recursive: true });
    await writeFile(folder.at(name), '');
    await utimes(folder.at(name), seconds, seconds);
  }
  return folder;
}

suite('the newest file in a folder', () => {
  test('is found in any depth', async () => {
    await using folder = await folderWith({ BOXBUILD: 3, 'root/etc/motd': 7, 'root/bin/sh': 5 });
    deepEqual(await newestFile(folder.root), { path: folder.at('root/etc/motd'), changedAtMs: 7_000 });
  });

  test('is none of those that builds leave, and none of git', async () => {
    await using folder = await folderWith({
      a: 1,
      'x.img': 9,
      'x.img.zst': 9,
      'x.img.sha256': 9,
      '.git/index': 9,
      'x.imgs': 2,
    });
    equal((await newestFile(folder.root))?.path, folder.at('x.imgs'));
  });

  test('is none that is left out, nor in a folder that is', async () => {
    await using folder = await folderWith({ a: 1, b: 5, 'out/c': 9 });
    const leftOut = new Set([folder.at('b'), folder.at('out')]);
    equal((await newestFile(folder.root, (file) => leftOut.has(file)))?.path, folder.at('a'));
  });

  test('may be the folder itself, where that is a file', async () => {
    await using folder = await folderWith({ BOXBUILD: 3 });
    equal((await newestFile(folder.at('BOXBUILD')))?.changedAtMs, 3_000);
  });

  test('is none where there is nothing', async () => {
    await using folder = await folderWith({});
    equal(await newestFile(folder.root), undefined);
    equal(await newestFile(folder.at('none')), undefined);
  });

  test('is not looked for behind a link', async () => {
    await using folder = await folderWith({ 'a/file': 3 });
    await symlink(folder.root, folder.at('a/loop'));
    equal((await newestFile(folder.at('a')))?.path, folder.at('a/loop'));
  });
});

suite('git', () => {
  const git = (cwd: string, ...args: string[]) => execFileSync('git', args, { cwd, stdio: 'ignore' });

  test('tells the branch of a folder, also before its first commit', async () => {
    await using folder = await folderWith({ 'box/BOXBUILD': 1 });
    git(folder.root, 'init', '-q', '-b', 'feature/x');
    equal(await branchOf(folder.at('box')), 'feature/x');
  });

  test('tells what it ignores', async () => {
    await using folder = await folderWith({ 'box/.gitignore': 1, 'box/a.o': 1, 'box/made/b': 1, 'box/c': 1 });
    git(folder.root, 'init', '-q');
    await writeFile(folder.at('box/.gitignore'), '*.o\nmade\n');
    deepEqual([...(await ignoredFiles(folder.at('box')))].sort(), [folder.at('box/a.o'), folder.at('box/made')]);
  });

  test('tells nothing where there is no repository', async () => {
    await using folder = await folderWith({ a: 1 });
    deepEqual([await branchOf(folder.at('none')), (await ignoredFiles(folder.at('none'))).size], [undefined, 0]);
  });
});
