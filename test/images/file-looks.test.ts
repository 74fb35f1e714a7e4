import { deepEqual, equal, ok, rejects, throws } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, lstat, mkdir, symlink, writeFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { DiskAnswers } from '../../src/images/disk-answers.ts';
import { Disks, HastyLooks, PATIENT_LOOKS } from '../../src/images/file-looks.ts';
import { asNobody } from '../as-nobody.ts';
import { makeBoxes } from './image-sets.ts';

suite('a look in this thread', () => {
  test('finds what one in another thread finds', { skip: process.platform === 'win32' }, async () => {
    await using boxes = await makeBoxes();
    const file = boxes.at('file');
    const { size, ...times } = { size: 5n, dev: 0n, ino: 0n, mtimeNs: 0n, ctimeNs: 0n };
    await writeFile(file, 'image');
    await writeFile(boxes.at('secret'), 'image');
    await chmod(boxes.at('secret'), 0o000);
    await chmod(boxes.beside(), 0o755);
    await mkdir(boxes.at('folder'));
    await symlink('file', boxes.at('link'));
    execFileSync('mkfifo', [boxes.at('fifo')]);
    const hasty = new HastyLooks();
    await asNobody(async () => {
      for (const name of ['file', 'secret', 'folder', 'link', 'fifo', 'missing', 'file/below', 'x'.repeat(300)]) {
        const path = boxes.at(name);
        deepEqual(await hasty.see(path), await PATIENT_LOOKS.see(path), name);
        equal(await hasty.readFault(path), await PATIENT_LOOKS.readFault(path), name);
        for (const bytes of [size, size + 1n]) {
          const identity = { ...times, size: bytes };
          deepEqual(await hasty.readSmall(path, identity), await PATIENT_LOOKS.readSmall(path, identity), name);
        }
      }
    });
    equal(String(await hasty.readSmall(file, { ...times, size })), 'image');
  });

  test('fails where the folder may not be searched', { skip: process.platform === 'win32' }, async () => {
    await using boxes = await makeBoxes();
    await chmod(boxes.beside(), 0o755);
    await mkdir(boxes.at('box'), { mode: 0o000 });
    await asNobody(async () => {
      throws(() => new HastyLooks().see(boxes.at('box', 'file')), { code: 'EACCES' });
      await rejects(async () => PATIENT_LOOKS.see(boxes.at('box', 'file')), { code: 'EACCES' });
    });
  });

  test('leaves time for other work, however many files there are', async () => {
    await using boxes = await makeBoxes();
    const looks = new HastyLooks();
    const untilMs = performance.now() + 10_000;
    let otherWork = 0;
    const timer = setInterval(() => otherWork++, 1);
    while (otherWork < 3 && performance.now() < untilMs) await looks.see(boxes.root);
    clearInterval(timer);
    ok(otherWork >= 3, `${otherWork} times in 10 s`);
  });

  test('is taken on disks of this machine only', { skip: process.platform !== 'linux' }, async () => {
    const { dev } = await lstat('/proc', { bigint: true });
    const looks = await new Disks().looksAt('/proc', dev, new DiskAnswers());
    equal(looks instanceof HastyLooks, false);
  });
});
