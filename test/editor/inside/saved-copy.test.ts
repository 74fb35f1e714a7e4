import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { FileTree } from '../../../src/contents/file-tree.ts';
import { readNewcTree } from '../../../src/contents/newc-tree.ts';
import { copyOut, saveWhole } from '../../../src/editor/inside/saved-copy.ts';
import { UserError } from '../../../src/errors.ts';
import { type ArchiveEntry, FILE, FOLDER, newcArchive } from '../../fixtures/newc-archive.ts';
import { PLAIN } from '../plain-words.ts';

const LINK = 0o120000;
const DEVICE = 0o020000;
const MTIME = 1_700_000_000;

function treeOf(entries: readonly ArchiveEntry[]): Promise<FileTree> {
  const archive = newcArchive(entries, MTIME);
  return readNewcTree(async function* () {
    yield archive;
  }).then((root) => new FileTree(root));
}

describe('a copy of what is inside an image', () => {
  let folder: string;
  let tree: FileTree;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mkbox-saved-'));
    tree = await treeOf([
      { name: './etc', mode: FOLDER | 0o555 },
      { name: './etc/motd', mode: FILE | 0o644, content: Buffer.from('hello\n') },
      { name: './etc/su', mode: FILE | 0o4755, content: Buffer.from('#!/bin/sh\n') },
      { name: './etc/out', mode: LINK | 0o777, content: Buffer.from('../../../outside') },
      { name: './etc/null', mode: DEVICE | 0o666 },
    ]);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const save = (from: string, to: string, signal = new AbortController().signal) =>
    saveWhole(to, PLAIN, (beside) => copyOut(tree, from, beside, { words: PLAIN, signal }));

  it('has the files, their permissions and times, and links as they are; devices are left out, and told', async () => {
    const to = path.join(folder, 'etc');
    const { files, bytes, leftOut } = await save('/etc', to);
    assert.deepEqual([files, bytes, leftOut], [3, 16, ['/etc/null: a device']]);
    assert.deepEqual((await readdir(to)).sort(), ['motd', 'out', 'su']);
    assert.equal(await readFile(path.join(to, 'motd'), 'utf8'), 'hello\n');
    assert.equal(await readlink(path.join(to, 'out')), '../../../outside');
    const [motd, su] = [await stat(path.join(to, 'motd')), await stat(path.join(to, 'su'))];
    assert.deepEqual([motd.mtimeMs, motd.mode & 0o200, su.mode & 0o4100], [MTIME * 1000, 0o200, 0o100]);
    assert.deepEqual(await readdir(folder), ['etc']);
  });

  it('replaces a file, but no folder', async () => {
    const file = path.join(folder, 'motd');
    await writeFile(file, 'old');
    await save('/etc/motd', file);
    assert.equal(await readFile(file, 'utf8'), 'hello\n');
    await mkdir(path.join(folder, 'etc'));
    await assert.rejects(save('/etc', path.join(folder, 'etc')), UserError);
  });

  it('is not there when it was cancelled, or is only a device', async () => {
    await assert.rejects(save('/etc', path.join(folder, 'etc'), AbortSignal.abort()), { name: 'AbortError' });
    assert.equal((await save('/etc/null', path.join(folder, 'null'))).isThere, false);
    assert.deepEqual(await readdir(folder), []);
  });

  it('says in words what the system says', async () => {
    await assert.rejects(
      save('/etc/motd', path.join(folder, 'none', 'motd')),
      /^UserError: can't save .*motd \(ENOENT\)$/,
    );
  });
});
