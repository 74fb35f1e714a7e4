import { deepEqual, equal, rejects } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { makeFolder } from '../src/make-folder.ts';
import { makeBoxes } from './images/image-sets.ts';
import { onReadOnlyDisk } from './read-only-disk.ts';

const MODULE = JSON.stringify(fileURLToPath(new URL('../src/make-folder.ts', import.meta.url)));

suite('a folder that is made', () => {
  test('has those above it made, too, and is left alone where it is there', async () => {
    await using boxes = await makeBoxes();
    const folder = boxes.at('a', 'b', 'c');
    await makeFolder(folder, 0o700);
    if (process.platform !== 'win32') equal((await stat(boxes.at('a'))).mode & 0o777, 0o700);
    await writeFile(boxes.at('a', 'b', 'c', 'file'), '');
    await Promise.all([makeFolder(folder), makeFolder(folder)]);
    deepEqual(await readdir(folder), ['file']);
  });

  test('is made once, however many want it', async () => {
    await using boxes = await makeBoxes();
    await Promise.all(Array.from({ length: 20 }, () => makeFolder(boxes.at('a', 'b', 'c'))));
    deepEqual(await readdir(boxes.at('a')), ['b']);
  });

  test('may be a link to one', { skip: process.platform === 'win32' }, async () => {
    await using boxes = await makeBoxes();
    await mkdir(boxes.at('a'));
    await symlink('a', boxes.at('link'));
    await makeFolder(boxes.at('link'));
    await makeFolder(boxes.at('link', 'b'));
    deepEqual(await readdir(boxes.at('a')), ['b']);
  });

  test('is not made in place of something else, nor below it', async () => {
    await using boxes = await makeBoxes();
    await writeFile(boxes.at('file'), '');
    await symlink('nowhere', boxes.at('link'));
    await rejects(makeFolder(boxes.at('file')), { code: 'EEXIST' });
    await rejects(makeFolder(boxes.at('link')), { code: 'ENOENT' });
    await rejects(makeFolder(boxes.at('link', 'a')), { code: 'ENOENT' });
    if (process.platform !== 'win32') await rejects(makeFolder(boxes.at('file', 'a')), { code: 'ENOTDIR' });
  });

  test('is refused by a read-only disk in its own words', async (t) => {
    await using boxes = await makeBoxes();
    const node = [process.execPath, '-e'];
    const script = `import(${MODULE}).then(({ makeFolder }) => makeFolder('new/folder')).catch(({ code }) => console.log(code))`;
    const [command, ...args] = onReadOnlyDisk(boxes.root, ...node, script);
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: boxes.root, encoding: 'utf8' });
    if (status !== 0) return t.skip(`no namespaces here: ${stderr}`);
    equal(stdout, 'EROFS\n');
  });
});
