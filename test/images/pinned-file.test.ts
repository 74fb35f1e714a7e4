import { deepEqual, equal, ok } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, link, mkdir, rename, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { isInside, PinnedFile } from '../../src/images/pinned-file.ts';
import { MOST_WAIT_MS } from '../until.ts';
import { type BoxesFolder, makeBoxes } from './image-sets.ts';

const CONTENT = 'the first build';

/** An image folder with one file in one box. */
async function makeFile(): Promise<BoxesFolder> {
  const boxes = await makeBoxes();
  await mkdir(boxes.at('box'));
  await writeFile(boxes.at('box', 'file'), CONTENT);
  return boxes;
}

async function open(root: string, folder: string, name = 'file') {
  const file = await PinnedFile.open(root, folder, name);
  if (typeof file !== 'string') await file.close();
  return typeof file === 'string' ? file : 'opened';
}

async function pin(boxes: BoxesFolder): Promise<PinnedFile & AsyncDisposable> {
  const file = await PinnedFile.open(boxes.root, boxes.at('box'), 'file');
  if (typeof file === 'string') throw new Error(`not opened: ${file}`);
  return Object.assign(file, { [Symbol.asyncDispose]: () => file.close() });
}

async function textOf(file: PinnedFile): Promise<string | undefined> {
  return (await file.readAll(1000))?.toString();
}

suite('a file of an image set is opened', () => {
  test('with the size and time it has', async () => {
    await using boxes = await makeFile();
    await utimes(boxes.at('box', 'file'), 1_600_000_000.9, 1_600_000_000.9);
    await using file = await pin(boxes);
    equal(file.size, CONTENT.length);
    equal(file.mtimeSeconds, 1_600_000_000);
    equal(file.path, boxes.at('box', 'file'));
    equal(await textOf(file), CONTENT);
  });

  test('and read in parts; fewer bytes than asked for mean its end', async () => {
    await using boxes = await makeFile();
    await using file = await pin(boxes);
    const buffer = Buffer.alloc(10, '.');
    equal(await file.read(buffer, 2, 5, 4), 5);
    equal(buffer.toString(), '..first...');
    equal(await file.read(buffer, 0, 10, CONTENT.length - 3), 3);
    equal(await file.read(buffer, 0, 10, CONTENT.length), 0);
  });

  test('but not read whole when it is longer than the limit', async () => {
    await using boxes = await makeFile();
    await using file = await pin(boxes);
    equal(await file.readAll(CONTENT.length - 1), undefined);
    equal((await file.readAll(CONTENT.length))?.length, CONTENT.length);
  });

  test('in a box folder that is a link to another one inside', async () => {
    await using boxes = await makeFile();
    await symlink('box', boxes.at('alias'));
    equal(await open(boxes.root, boxes.at('alias')), 'opened');
  });
});

suite('a file of an image set is not opened', () => {
  test('when there is none', async () => {
    await using boxes = await makeFile();
    equal(await open(boxes.root, boxes.at('box'), 'other'), 'missing');
    equal(await open(boxes.root, boxes.at('none')), 'missing');
    equal(await open(boxes.root, boxes.at('box', 'file')), 'missing');
  });

  for (const [to, target] of [
    ['inside', 'file'],
    ['nowhere', 'none'],
    ['itself', 'link'],
  ] as const) {
    test(`when it is a link to ${to}`, async () => {
      await using boxes = await makeFile();
      await symlink(target, boxes.at('box', 'link'));
      equal(await open(boxes.root, boxes.at('box'), 'link'), 'link');
    });
  }

  test('when its folder is a link to a place outside', async () => {
    await using boxes = await makeFile();
    await mkdir(boxes.beside('secrets'));
    await writeFile(boxes.beside('secrets', 'file'), 'secret');
    await symlink(boxes.beside('secrets'), boxes.at('evil'));
    equal(await open(boxes.root, boxes.at('evil')), 'outside');
  });

  test('when its folder is a link to a place whose name only begins like the image folder', async () => {
    await using boxes = await makeFile();
    await mkdir(boxes.beside('boxes-evil'));
    await writeFile(boxes.beside('boxes-evil', 'file'), 'secret');
    await symlink('../boxes-evil', boxes.at('evil'));
    equal(await open(boxes.root, boxes.at('evil')), 'outside');
  });

  test('when it is a folder', async () => {
    await using boxes = await makeFile();
    await mkdir(boxes.at('box', 'folder'));
    equal(await open(boxes.root, boxes.at('box'), 'folder'), 'not a file');
  });

  test('when it is a FIFO, without waiting for who writes into it', { timeout: MOST_WAIT_MS }, async () => {
    await using boxes = await makeFile();
    execFileSync('mkfifo', [boxes.at('box', 'fifo')]);
    equal(await open(boxes.root, boxes.at('box'), 'fifo'), 'not a file');
  });

  test('when this user may not read it', async () => {
    await using boxes = await makeFile();
    await chmod(boxes.at('box', 'file'), 0);
    await chmod(boxes.beside(), 0o755);
    equal(await asNobody(() => open(boxes.root, boxes.at('box'))), 'forbidden');
  });
});

/** Does `look` as a user who may read only what all may: root may read everything, whatever its permissions. */
async function asNobody<T>(look: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return look();
  process.seteuid?.(65534);
  try {
    return await look();
  } finally {
    process.seteuid?.(0);
  }
}

suite('an open file', () => {
  test('is unchanged as long as nothing happens to it', async () => {
    await using boxes = await makeFile();
    await using file = await pin(boxes);
    equal(await file.isUnchanged(), true);
  });

  test('that another is renamed over is unchanged, and whole', async () => {
    await using boxes = await makeFile();
    await using file = await pin(boxes);
    await writeFile(boxes.at('box', 'new'), 'the second build');
    await rename(boxes.at('box', 'new'), boxes.at('box', 'file'));
    equal(await file.isUnchanged(), true);
    equal(await textOf(file), CONTENT);
  });

  test('that is deleted is unchanged, and whole', async () => {
    await using boxes = await makeFile();
    await using file = await pin(boxes);
    await rm(boxes.at('box', 'file'));
    equal(await file.isUnchanged(), true);
    equal(await textOf(file), CONTENT);
  });

  test('that is written over in place is changed, though its size and time are put back', async () => {
    await using boxes = await makeFile();
    await using file = await pin(boxes);
    const before = await stat(boxes.at('box', 'file'));
    await writeFile(boxes.at('box', 'file'), 'THE FIRST BUILD', { flag: 'r+' });
    await utimes(boxes.at('box', 'file'), before.atime, before.mtime);
    equal((await stat(boxes.at('box', 'file'))).size, before.size);
    equal(await file.isUnchanged(), false);
  });

  test('that gets another link or mode is changed', { skip: process.platform === 'win32' }, async () => {
    for (const touch of [(file: string) => link(file, `${file}.copy`), (file: string) => chmod(file, 0o600)]) {
      await using boxes = await makeFile();
      await using file = await pin(boxes);
      await setTimeout(20); // a tick of the file system's clock
      await touch(boxes.at('box', 'file'));
      equal(await file.isUnchanged(), false);
    }
  });

  test('that is cut short is changed, and is not read whole', async () => {
    await using boxes = await makeFile();
    await using file = await pin(boxes);
    await truncate(boxes.at('box', 'file'), 3);
    equal(await file.isUnchanged(), false);
    equal(await textOf(file), undefined);
  });

  test('that grows is changed', async () => {
    await using boxes = await makeFile();
    await using file = await pin(boxes);
    await writeFile(boxes.at('box', 'file'), 'more', { flag: 'a' });
    equal(await file.isUnchanged(), false);
  });

  test('that is written over and then deleted is changed', async () => {
    await using boxes = await makeFile();
    await utimes(boxes.at('box', 'file'), 1_600_000_000, 1_600_000_000);
    await using file = await pin(boxes);
    await writeFile(boxes.at('box', 'file'), 'THE FIRST BUILD', { flag: 'r+' });
    await rm(boxes.at('box', 'file'));
    equal(await file.isUnchanged(), false);
  });
});

test('a place is inside a folder by its path segments', () => {
  const places = ['boxes/a', 'boxes/a/b', 'boxes/..a', 'boxes', 'boxes-evil', 'boxes-evil/a', 'boxes/../a', '..', '.'];
  const inside = places.filter((place) => isInside('/srv/boxes', path.posix.join('/srv', place)));
  deepEqual(inside, ['boxes/a', 'boxes/a/b', 'boxes/..a']);
  ok(isInside('/', '/srv'));
});
