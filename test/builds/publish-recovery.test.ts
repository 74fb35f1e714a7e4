import { deepEqual, rejects } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { suite, test } from 'node:test';
import { recoverBox } from '../../src/builds/publish-recovery.ts';
import { asNobody } from '../as-nobody.ts';
import { makeBoth } from './kept.ts';
import { publisher } from './publisher.ts';

/** A bench whose boxes others can only read, with a publication of B in the place of A that was prepared. */
async function site() {
  const { bench, from } = await makeBoth();
  const box = bench.boxes.at('box');
  const staging = path.join(box, '.publish', 'set.1');
  await mkdir(staging, { recursive: true });
  for (const name of await readdir(from)) await copyFile(path.join(from, name), path.join(staging, name));
  await chmod(bench.boxes.beside(), 0o755);
  return {
    box,
    staging,
    putChecksumsAside: () => rename(path.join(box, 'box-pi.img.sha256'), path.join(staging, 'box-pi.img.sha256.old')),
    putChecksumsBack: () => rename(path.join(staging, 'box-pi.img.sha256.old'), path.join(box, 'box-pi.img.sha256')),
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  };
}

suite('what a publication left, to a server that can only read', { skip: process.geteuid?.() !== 0 }, () => {
  const recover = (box: string) => asNobody(() => recoverBox(box));

  test('is nothing to tell of while the former set is whole', async () => {
    await using left = await site();
    await recover(left.box);
    deepEqual((await readdir(left.staging)).length, 3);
  });

  test('is told of where the set is in part', async () => {
    await using left = await site();
    await left.putChecksumsAside();
    await rejects(recover(left.box), { code: 'EACCES' });
    await rm(path.join(left.staging, 'box-pi.img.sha256.old'));
    await rename(path.join(left.staging, 'box-pi.img.zst'), path.join(left.box, 'box-pi.img.zst'));
    await rejects(recover(left.box), { code: 'EACCES' });
  });

  test('is told of where who published was killed', async () => {
    await using left = await site();
    await left.putChecksumsAside();
    {
      await using _ = await publisher(left.box);
    }
    await rejects(recover(left.box), { code: 'EACCES' });
  });

  test('is nothing to tell of while someone publishes', async () => {
    await using left = await site();
    await left.putChecksumsAside();
    await using _ = await publisher(left.box);
    await recover(left.box);
  });

  test('is nothing to tell of when someone has published meanwhile', async () => {
    await using left = await site();
    await left.putChecksumsAside();
    const ticket = path.join(path.dirname(left.staging), 'ticket.1.1.0123456789ab.01234567');
    await writeFile(ticket, ''); // of a process elsewhere, which ends soon
    const end = 'sleep 0.3; mv "$0/box-pi.img.sha256.old" "$1/box-pi.img.sha256"; rm "$2"';
    const child = spawn('sh', ['-c', end, left.staging, left.box, ticket], { stdio: 'ignore' });
    const ended = once(child, 'close');
    await recover(left.box);
    await ended;
  });

  test('is told of where it can not be looked into only where a set has no checksums', async () => {
    await using left = await site();
    const work = path.dirname(left.staging);
    for (const folder of [left.staging, work]) {
      await chmod(folder, 0o700);
      await recover(left.box);
      await left.putChecksumsAside();
      await rejects(recover(left.box), { code: 'EACCES' });
      await left.putChecksumsBack();
      await chmod(folder, 0o755);
    }
  });

  test('is nothing to tell of where there is nothing', async () => {
    await using left = await site();
    await rm(path.dirname(left.staging), { recursive: true });
    await writeFile(path.join(left.box, 'other-pi.img.zst'), 'being built');
    await recover(left.box);
  });
});
