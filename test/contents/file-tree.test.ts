import { deepEqual, equal, fail } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { DamagedVolume } from '../../src/contents/damaged-volume.ts';
import type { FileNode, FileStatus, FolderChild } from '../../src/contents/file-node.ts';
import { FileTree } from '../../src/contents/file-tree.ts';
import { readNewcTree } from '../../src/contents/newc-tree.ts';
import { treeFaultText } from '../../src/contents/tree-fault.ts';
import { type ArchiveEntry, FILE, FOLDER, newcArchive } from '../fixtures/newc-archive.ts';

const LINK = 0o120000;
const folder = (name: string): ArchiveEntry => ({ name, mode: FOLDER | 0o755 });
const file = (name: string): ArchiveEntry => ({ name, mode: FILE | 0o644, content: Buffer.from(`of ${name}`) });
const link = (name: string, target: string): ArchiveEntry => ({
  name,
  mode: LINK | 0o777,
  content: Buffer.from(target),
});

function nodeOf(...entries: ArchiveEntry[]): Promise<FileNode> {
  const archive = newcArchive(entries, 0);
  return readNewcTree(async function* () {
    yield archive;
  });
}

async function makeTree(): Promise<FileTree> {
  const root = await nodeOf(
    folder('boot'),
    file('boot/hidden'),
    folder('etc'),
    file('etc/passwd'),
    folder('usr'),
    folder('usr/bin'),
    file('usr/bin/sh'),
    link('bin', 'usr/bin'),
    link('absolute', '/etc/passwd'),
    link('usr/up', '../../../../etc'),
    link('circle', 'circle'),
    link('to-boot', 'boot/Image'),
    link('dangling', 'nothing'),
  );
  return new FileTree(root, { name: 'boot', root: await nodeOf(file('Image'), folder('overlays')) });
}

async function textOf(tree: FileTree, path: string): Promise<string> {
  const pieces = await tree.read(path);
  if ('kind' in pieces) return treeFaultText(path, pieces);
  const parts: Buffer[] = [];
  for await (const piece of pieces) parts.push(Buffer.from(piece));
  return Buffer.concat(parts).toString();
}

async function namesIn(tree: FileTree, path: string): Promise<string[]> {
  const files = await tree.list(path);
  return Array.isArray(files) ? files.map(({ name }) => name) : fail(`no folder: ${path}`);
}

suite('a tree of files', () => {
  test('lists folders by name, with what is mounted in place of what lies below it', async () => {
    const tree = await makeTree();
    const top = ['absolute', 'bin', 'boot', 'circle', 'dangling', 'etc', 'to-boot', 'usr'];
    deepEqual(await namesIn(tree, '/'), top);
    deepEqual(await namesIn(tree, '/boot'), ['Image', 'overlays']);
    deepEqual(await namesIn(tree, '/bin'), ['sh']);
    deepEqual(await tree.list('/etc/passwd'), { kind: 'not a folder' });
  });

  test('shows what is mounted where there is no folder for it', async () => {
    const tree = new FileTree(await nodeOf(folder('etc')), { name: 'boot', root: await nodeOf(file('Image')) });
    deepEqual(await namesIn(tree, '/'), ['boot', 'etc']);
    equal(await textOf(tree, 'boot/Image'), 'of Image');
  });

  test('follows links, and none of them out of it', async () => {
    const tree = await makeTree();
    equal(await textOf(tree, '/bin/sh'), 'of usr/bin/sh');
    equal(await textOf(tree, '/absolute'), 'of etc/passwd');
    equal(await textOf(tree, '/usr/up/passwd'), 'of etc/passwd');
    equal(await textOf(tree, '/to-boot'), 'of Image');
    equal(await textOf(tree, '/../../boot/../etc/./passwd'), 'of etc/passwd');
  });

  test('tells of a link itself, unless a slash ends the path', async () => {
    const tree = await makeTree();
    const bin = await tree.stat('/bin');
    deepEqual('kind' in bin ? bin : [bin.status.type, bin.target], ['link', 'usr/bin']);
    const behind = await tree.stat('/bin/');
    equal('kind' in behind ? behind : behind.status.type, 'folder');
  });

  test('says why there is no answer', async () => {
    const tree = await makeTree();
    equal(await textOf(tree, '/none'), '/none: no such file or folder');
    equal(await textOf(tree, '/dangling'), '/dangling: no such file or folder');
    equal(await textOf(tree, '/boot/hidden'), '/boot/hidden: no such file or folder');
    equal(await textOf(tree, '/etc/passwd/x'), '/etc/passwd/x: not a folder');
    equal(await textOf(tree, '/etc'), '/etc: not a regular file');
    equal(await textOf(tree, '/circle'), '/circle: too many levels of symbolic links');
  });

  test('walks all files, with what is mounted', async () => {
    const paths: string[] = [];
    for await (const files of (await makeTree()).walk()) {
      for (const file of files) paths.push('node' in file ? file.path : fail(file.reason));
    }
    deepEqual(paths.sort(), [
      '/',
      ...['/absolute', '/bin', '/boot', '/boot/Image', '/boot/overlays', '/circle', '/dangling', '/etc', '/etc/passwd'],
      ...['/to-boot', '/usr', '/usr/bin', '/usr/bin/sh', '/usr/up'],
    ]);
  });

  test('finds a folder that lies in itself', async () => {
    const status: FileStatus = {
      type: 'folder',
      mode: 0o755,
      uid: 0,
      gid: 0,
      bytes: 0,
      links: 2,
      modifiedAt: 0,
      id: 2,
    };
    const loop: FileNode = {
      status,
      async *list(): AsyncGenerator<FolderChild[]> {
        yield [{ name: 'again', open: () => loop }];
        yield [{ name: 'lost', open: () => Promise.reject(new DamagedVolume('there is no inode 9')) }];
      },
      async *read() {},
      target: async () => '',
      attributes: async () => [],
    };
    const tree = new FileTree(loop);
    deepEqual(await tree.stat('/again/again'), { kind: 'damaged', reason: 'a folder lies within itself' });
    deepEqual(await tree.list('/'), [
      { name: 'again', status },
      { name: 'lost', reason: 'there is no inode 9' },
    ]);
    const walked: unknown[] = [];
    for await (const files of tree.walk()) walked.push(...files.map((file) => ('node' in file ? file.path : file)));
    deepEqual(walked, [
      '/',
      '/again',
      { path: '/lost', reason: 'there is no inode 9' },
      { path: '/again', reason: 'a folder has two names' },
    ]);
  });
});
