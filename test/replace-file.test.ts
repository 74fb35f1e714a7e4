import { deepEqual, equal, rejects } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { suite, test } from 'node:test';
import { replaceFile } from '../src/replace-file.ts';
import { makeBoxes } from './images/image-sets.ts';
import { requireTools } from './tools/tools.ts';

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

  test('is as it was where the disk takes only some of the new text', {
    skip: process.platform !== 'linux',
  }, async () => {
    await using boxes = await makeBoxes();
    const file = boxes.beside('file');
    await replaceFile(file, ['old']);
    const module = JSON.stringify(path.join(import.meta.dirname, '..', 'src', 'replace-file.ts'));
    await writeFile(
      boxes.beside('replace.ts'),
      `import { replaceFile } from ${module};
       await replaceFile(process.argv[2], ['new'.repeat(1000)]).catch(({ code }) => console.log(code));`,
    );
    const { bash } = requireTools('bash');
    // a file may have 1024 bytes; Node ignores the signal that comes with more (setrlimit(2))
    const node = [process.execPath, boxes.beside('replace.ts'), file];
    const output = execFileSync(bash, ['-c', 'ulimit -f 1 && exec "$@"', 'bash', ...node], { encoding: 'utf8' });
    deepEqual([output, await readFile(file, 'utf8')], ['EFBIG\n', 'old']);
    deepEqual((await readdir(boxes.beside())).toSorted(), ['boxes', 'file', 'replace.ts']);
  });

  test('is written past what was left behind, or laid, beside it', async () => {
    await using boxes = await makeBoxes();
    const file = boxes.beside('file');
    const beside = `${file}.${process.pid}.part`;
    await writeFile(beside, 'left behind by one that was killed');
    await replaceFile(file, ['new']);
    await writeFile(boxes.beside('of others'), 'precious');
    await symlink(boxes.beside('of others'), beside);
    await replaceFile(file, ['newer']);
    equal(await readFile(boxes.beside('of others'), 'utf8'), 'precious');
    equal(await readFile(file, 'utf8'), 'newer');
    deepEqual((await readdir(boxes.beside())).toSorted(), ['boxes', 'file', 'of others']);
  });

  test('is left alone where a folder has its name', async () => {
    await using boxes = await makeBoxes();
    await mkdir(boxes.beside('folder', 'of others'), { recursive: true });
    await rejects(replaceFile(boxes.beside('folder'), ['new']), { code: /^E/ });
    deepEqual(await readdir(boxes.beside('folder')), ['of others']);
    deepEqual((await readdir(boxes.beside())).toSorted(), ['boxes', 'folder']);
  });
});
