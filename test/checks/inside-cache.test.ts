import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, open, readdir, rename, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { openFileDisk } from '../../src/checks/image-disk.ts';
import { InsideCache } from '../../src/checks/inside-cache.ts';
import type { ClosableDisk } from '../../src/checks/kept-image.ts';
import { UserError } from '../../src/errors.ts';
import { PinnedFile } from '../../src/images/pinned-file.ts';

const MIB = 1024 * 1024;

/** An image of some data between zeros. */
function imageOf(seed: string): Buffer {
  const image = Buffer.alloc(4 * MIB);
  image.write(seed, 0);
  randomBytes(300_000).copy(image, 2 * MIB);
  image.write('end', image.length - 3);
  return image;
}

suite('decompressed images are kept', () => {
  let folder: string;
  let kept: string;
  let cache: InsideCache;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mkbox-cache-'));
    kept = path.join(folder, 'kept', 'inside');
    cache = new InsideCache(kept, () => 1e9);
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function makeZst(name: string, image: Buffer): Promise<void> {
    await writeFile(path.join(folder, name), zstdCompressSync(image));
  }

  /** Looks into a `.zst`; answers what it holds, and how many bytes of it were decompressed for that. */
  async function look(name: string, from: InsideCache = cache, act?: (disk: ClosableDisk) => Promise<void>) {
    const file = await PinnedFile.open(folder, folder, name);
    if (!(file instanceof PinnedFile)) throw new Error(file);
    try {
      let read = 0;
      const onProgress = (bytes: number) => {
        read += bytes;
      };
      const disk = await from.open(file, { onProgress });
      if (disk === undefined) return undefined;
      await act?.(disk);
      const content = Buffer.alloc(disk.size + 100);
      const count = await disk.read(content, 0);
      await disk.close();
      return { content: content.subarray(0, count), read };
    } finally {
      await file.close();
    }
  }

  const keptNames = async () => (await readdir(kept)).sort();
  async function onlyKept(): Promise<string> {
    const [name = '', ...others] = await keptNames();
    deepEqual(others, []);
    return path.join(kept, name);
  }

  test('with holes, and are not decompressed again', async () => {
    const image = imageOf('one');
    await makeZst('one.zst', image);
    const first = await look('one.zst');
    ok(first?.content.equals(image) && first.read > 0);
    const again = await look('one.zst', new InsideCache(kept, () => 1e9));
    ok(again?.content.equals(image));
    equal(again?.read, 0);
    const { blocks, size, mode } = await stat(await onlyKept());
    ok(size > image.length);
    if (process.platform === 'linux') ok(blocks * 512 < image.length / 2);
    if (process.platform !== 'win32') equal(mode & 0o777, 0o600);
  });

  test('for one state of a file', async () => {
    await makeZst('one.zst', imageOf('one'));
    await look('one.zst');
    const other = imageOf('two');
    await makeZst('one.zst', other);
    const found = await look('one.zst');
    ok(found?.content.equals(other) && found.read > 0);
  });

  test('and remade where they are damaged', async () => {
    const image = imageOf('one');
    await makeZst('one.zst', image);
    await look('one.zst');
    const damages: readonly ((file: string) => Promise<void>)[] = [
      (file) => truncate(file, 1000),
      (file) => truncate(file, 0),
      (file) => writeFile(file, 'x'),
      async (file) => {
        await using written = await open(file, 'r+');
        await written.write('damage', 100);
      },
      async (file) => {
        await rm(file);
        await symlink('/etc/passwd', file);
      },
    ];
    for (const damage of damages) {
      await damage(await onlyKept());
      const found = await look('one.zst');
      ok(found?.content.equals(image) && found.read > 0);
      equal((await look('one.zst'))?.read, 0);
    }
    await makeZst('two.zst', imageOf('two'));
    const one = await onlyKept();
    await look('two.zst');
    const two = (await keptNames()).map((name) => path.join(kept, name)).find((name) => name !== one);
    await rename(one, two ?? '');
    ok((await look('two.zst'))?.content.includes('two'), 'one that was kept for another image');
  });

  test('as far as there is room, those used last', async () => {
    const names = ['one.zst', 'two.zst', 'three.zst'];
    for (const name of names) await makeZst(name, imageOf(name));
    const small = new InsideCache(kept, () => 1_000_000); // an image takes some 460 kB
    await look('one.zst', small);
    const one = await onlyKept();
    await look('two.zst', small);
    const two = (await keptNames()).map((name) => path.join(kept, name)).find((name) => name !== one) ?? '';
    const { mtime } = await stat(two);
    await utimes(two, new Date(Date.now() - 60_000), mtime);
    equal((await look('one.zst', small))?.read, 0);
    await look('three.zst', small);
    equal((await keptNames()).length, 2);
    equal((await look('one.zst', small))?.read, 0);
    ok(((await look('two.zst', small))?.read ?? 0) > 0);
    equal((await keptNames()).length, 2);
    const tiny = new InsideCache(kept, () => 1000);
    ok((await look('two.zst', tiny))?.content.includes('two'));
    deepEqual(await keptNames(), []);
  });

  test('unless there is to be none', async () => {
    await makeZst('one.zst', imageOf('one'));
    const none = new InsideCache(kept, () => 0);
    equal(await look('one.zst', none), undefined);
    await rejects(readdir(kept), /ENOENT/);
    await look('one.zst');
    equal(await look('one.zst', none), undefined);
    deepEqual(await keptNames(), []);
  });

  test('unless there is no folder for them', async () => {
    await makeZst('one.zst', imageOf('one'));
    await writeFile(path.join(folder, 'file'), '');
    equal(await look('one.zst', new InsideCache(path.join(folder, 'file'), () => 1e9)), undefined);
    equal(await look('one.zst', new InsideCache(path.join(folder, 'file', 'inside'), () => 1e9)), undefined);
    await symlink(folder, path.join(folder, 'link'));
    equal(await look('one.zst', new InsideCache(path.join(folder, 'link'), () => 1e9)), undefined);
  });

  test('and nothing of writers that are no more', async () => {
    await makeZst('one.zst', imageOf('one'));
    await look('one.zst', cache, async () => {
      await look('one.zst', new InsideCache(kept, () => 1e9)); // leaves alone what this process is writing
    });
    equal((await look('one.zst'))?.read, 0);
    const file = await onlyKept();
    const written = await writeLeftovers(file);
    await look('one.zst');
    deepEqual(await keptNames(), [path.basename(file), ...written].sort());
  });

  /** Answers those that must stay. */
  async function writeLeftovers(file: string): Promise<string[]> {
    const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
    const dead = 2 ** 22 + 1; // above the most that Linux gives (proc(5), pid_max)
    const part = (host: string, pid: number) => `${path.basename(file)}.${host}.${pid}.00000000.part`;
    const gone = [part(machine, dead), part(machine, process.pid)];
    const old = part('00000000', 1);
    const stays = [part(machine, process.ppid), part('ffffffff', dead)];
    for (const name of [...gone, old, ...stays]) await writeFile(path.join(kept, name), 'x');
    const longAgo = new Date(Date.now() - 25 * 60 * 60 * 1000);
    await utimes(path.join(kept, old), longAgo, longAgo);
    return stays;
  }

  test('only if they are whole: one that is damaged or cancelled leaves nothing', async () => {
    const zst = zstdCompressSync(imageOf('one'));
    await writeFile(path.join(folder, 'cut.zst'), zst.subarray(0, zst.length - 1000));
    await rejects(look('cut.zst'), UserError);
    deepEqual(await keptNames(), []);
    await makeZst('one.zst', imageOf('one'));
    const file = await PinnedFile.open(folder, folder, 'one.zst');
    if (!(file instanceof PinnedFile)) throw new Error(file);
    await rejects(cache.open(file, { signal: AbortSignal.abort(new Error('enough')) }), /enough/);
    await file.close();
    deepEqual(await keptNames(), []);
  });

  test('once, where several open the same one at a time', async () => {
    const image = imageOf('one');
    await makeZst('one.zst', image);
    const caches = [1, 2, 3].map(() => new InsideCache(kept, () => 1e9));
    const found = await Promise.all(caches.map((each) => look('one.zst', each)));
    for (const each of found) ok(each?.content.equals(image));
    equal((await look('one.zst'))?.read, 0);
    await onlyKept();
  });

  test('and an image that is written to, or built anew, is not taken for what it was', async () => {
    await makeZst('one.zst', imageOf('one'));
    const opened = { root: folder, folder, name: 'one.zst' };
    for (const change of ['written to', 'written to again']) {
      const disk = await openFileDisk(opened, { cache });
      await disk.ensureUnchanged();
      await makeZst('one.zst', imageOf(change));
      await rejects(disk.ensureUnchanged(), /one\.zst changed while it was read/);
      await disk.close();
      const again = await openFileDisk(opened, { cache });
      const start = Buffer.alloc(change.length);
      await again.read(start, 0);
      equal(start.toString(), change);
      await again.close();
    }
  });

  test('and stay readable where they are removed', { skip: process.platform === 'win32' }, async () => {
    const image = imageOf('one');
    await makeZst('one.zst', image);
    await look('one.zst');
    const found = await look('one.zst', cache, async () => rm(await onlyKept()));
    ok(found?.content.equals(image));
  });
});
