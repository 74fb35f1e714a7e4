import { deepEqual, equal } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, utimesSync } from 'node:fs';
import { mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { branchOf } from '../../../src/editor/build/git-branch.ts';
import { ignoredFiles } from '../../../src/editor/build/ignored-files.ts';
import { SeenTree } from '../../../src/editor/build/seen-tree.ts';
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
    deepEqual(await new SeenTree(folder.root).newest(), { path: folder.at('root/etc/motd'), changedAtMs: 7_000 });
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
    equal((await new SeenTree(folder.root).newest())?.path, folder.at('x.imgs'));
  });

  test('is none that is left out, nor in a folder that is', async () => {
    await using folder = await folderWith({ a: 1, b: 5, 'out/c': 9 });
    const leftOut = new Set([folder.at('b'), folder.at('out')]);
    equal((await new SeenTree(folder.root, async () => leftOut).newest())?.path, folder.at('a'));
  });

  test('may be the folder itself, where that is a file', async () => {
    await using folder = await folderWith({ BOXBUILD: 3 });
    equal((await new SeenTree(folder.at('BOXBUILD')).newest())?.changedAtMs, 3_000);
  });

  test('is none where there is nothing', async () => {
    await using folder = await folderWith({});
    equal(await new SeenTree(folder.root).newest(), undefined);
    equal(await new SeenTree(folder.at('none')).newest(), undefined);
  });

  test('is not looked for behind a link', async () => {
    await using folder = await folderWith({ 'a/file': 3 });
    await symlink(folder.root, folder.at('a/loop'));
    equal((await new SeenTree(folder.at('a')).newest())?.path, folder.at('a/loop'));
  });
});

suite('a look that is repeated', () => {
  /** Writes a file that was changed so many seconds after 1970. */
  const change = async (file: string, seconds: number) => {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, '');
    await utimes(file, seconds, seconds);
  };

  test('sees what it is told to forget, and nothing else', async () => {
    await using folder = await folderWith({ 'a/x': 3, 'b/y': 2 });
    const tree = new SeenTree(folder.root);
    equal((await tree.newest())?.path, folder.at('a/x'));
    await change(folder.at('a/x'), 4);
    await change(folder.at('b/y'), 5);
    equal((await tree.newest())?.changedAtMs, 3_000);
    tree.forget(folder.at('a/x'));
    equal((await tree.newest())?.changedAtMs, 4_000);
    tree.forgetAll();
    equal((await tree.newest())?.changedAtMs, 5_000);
  });

  test('sees new folders, and no folder that is gone', async () => {
    await using folder = await folderWith({ 'a/x': 3 });
    const tree = new SeenTree(folder.root);
    await tree.newest();
    await change(folder.at('a/new/deep/y'), 7);
    tree.forget(folder.at('a/new'));
    equal((await tree.newest())?.path, folder.at('a/new/deep/y'));
    await rm(folder.at('a/new'), { recursive: true });
    tree.forget(folder.at('a/new'));
    equal((await tree.newest())?.path, folder.at('a/x'));
    await change(folder.at('a/new/deep/y'), 9);
    tree.forget(folder.at('a/new'));
    equal((await tree.newest())?.changedAtMs, 9_000);
  });

  test('asks what is ignored once, and again when told so', async () => {
    await using folder = await folderWith({ a: 1, 'b.o': 5 });
    const asked: string[] = [];
    const ignored = new Set([folder.at('b.o')]);
    const tree = new SeenTree(folder.root, async (root) => {
      asked.push(root);
      return new Set(ignored);
    });
    await tree.newest();
    await change(folder.at('c.o'), 9);
    ignored.add(folder.at('c.o'));
    tree.forget(folder.at('c.o'));
    tree.forgetIgnored();
    equal((await tree.newest())?.path, folder.at('a'));
    tree.forget(folder.at('a'));
    await tree.newest();
    deepEqual(asked, [folder.root, folder.root]);
  });

  test('keeps nothing of a look that went by another list of ignored files', async () => {
    await using folder = await folderWith({ 'a/x': 3 });
    const lists = [new Set([folder.at('a')]), new Set<string>()];
    const tree = new SeenTree(folder.root, async () => lists.shift() ?? new Set());
    const first = tree.newest();
    tree.forgetIgnored();
    equal(await first, undefined);
    equal((await tree.newest())?.path, folder.at('a/x'));
  });

  test('keeps nothing of a folder that changed while it looked', async () => {
    const names = Array.from({ length: 100 }, (_, index) => [`${index}`, 1] as const);
    await using folder = await folderWith(Object.fromEntries(names));
    const seenFirst = folder.at(readdirSync(folder.root)[0] ?? '');
    const tree = new SeenTree(folder.root, async () => {
      await sleep(20); // longer than a slice: the look makes room for others after its first files
      setImmediate(() => {
        utimesSync(seenFirst, 9, 9);
        tree.forget(seenFirst);
      });
      return new Set();
    });
    equal((await tree.newest())?.changedAtMs, 1_000);
    equal((await tree.newest())?.changedAtMs, 9_000);
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
