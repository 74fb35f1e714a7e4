import { deepEqual, equal, rejects } from 'node:assert/strict';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { suite, test } from 'node:test';
import { replaceFile } from '../src/replace-file.ts';
import { makeBoxes } from './images/image-sets.ts';

suite('a file that is replaced', () => {
  test('has all of the new text, for its owner only, in a folder made for it', async () => {
    await using boxes = await makeBoxes();
    const file = boxes.beside('deep', 'file');
    await replaceFile(file, ['old, and longer']);
    await replaceFile(file, ['new', ' ', 'ä']);
    equal(await readFile(file, 'utf8'), 'new ä');
    deepEqual(await readdir(path.dirname(file)), ['file']);
    if (process.platform !== 'win32') equal((await stat(file)).mode & 0o777, 0o600);
  });

  test('is as it was where the new text breaks off', async () => {
    await using boxes = await makeBoxes();
    const file = boxes.beside('file');
    await replaceFile(file, ['old']);
    const breaksOff = function* () {
      yield 'new';
      throw new Error('broke off');
    };
    await rejects(replaceFile(file, breaksOff()), /broke off/);
    equal(await readFile(file, 'utf8'), 'old');
    deepEqual((await readdir(boxes.beside())).toSorted(), ['boxes', 'file']);
  });

  test('is left alone where a folder has its name', async () => {
    await using boxes = await makeBoxes();
    await mkdir(boxes.beside('folder', 'of others'), { recursive: true });
    await rejects(replaceFile(boxes.beside('folder'), ['new']), { code: /^E/ });
    deepEqual(await readdir(boxes.beside('folder')), ['of others']);
    deepEqual((await readdir(boxes.beside())).toSorted(), ['boxes', 'folder']);
  });
});
