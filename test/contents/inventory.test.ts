import { deepEqual, equal, fail, rejects } from 'node:assert/strict';
import { hash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { type Inventory, type InventoryFile, inventoryFaultText, takeInventory } from '../../src/contents/inventory.ts';
import { makeDiskImage } from '../fixtures/disk-image.ts';
import { makeSetWithTools } from '../fixtures/tool-made-set.ts';
import { CONTENT, diskOf, rootOf } from './disks.ts';
import { debugfs } from './ext4/ext-image.ts';

const BUILD = '1a'.repeat(32);

suite('the inventory of an image', () => {
  let folder: string;
  let raw: Buffer;
  let inventory: Inventory;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mkbox-inventory-'));
    const set = await makeSetWithTools(folder, { box: 'my-box', board: 'pi', buildId: BUILD });
    raw = await readFile(`${set}.img`);
    inventory = await taken(raw);
  });
  after(() => rm(folder, { recursive: true }));

  async function taken(image: Buffer): Promise<Inventory> {
    const found = await takeInventory(diskOf(image), 'my-box-pi');
    return 'kind' in found ? fail(inventoryFaultText(found)) : found;
  }

  const fileAt = (files: readonly InventoryFile[], at: string) =>
    files.find((file) => file.path === at) ?? fail(`there is no ${at}`);

  test('has the files of both partitions and of the initramfs, by path', () => {
    equal(inventory.image, 'my-box-pi');
    const paths = inventory.files.map((file) => file.path);
    deepEqual(paths, [...paths].sort());
    const some = ['/', '/bin/busybox', '/boot', '/boot/Image', '/boot/initramfs', '/lib/apk/db/installed'];
    deepEqual(
      some.filter((at) => !paths.includes(at)),
      [],
    );
    deepEqual(
      inventory.initramfs.map((file) => file.path),
      ['/', '/board.conf', '/init', '/init.d', '/init.d/curl'],
    );
  });

  test('says of each what it is, and what is in it', () => {
    const busybox = fileAt(inventory.files, '/bin/busybox');
    const noise = hash('shake256', 'bin/busybox', { outputEncoding: 'buffer', outputLength: 70_000 });
    deepEqual(
      [busybox.type, busybox.mode, busybox.bytes, busybox.sha256],
      ['file', 0o4755, 70_000, hash('sha256', noise)],
    );
    const { uid, gid, ...sh } = fileAt(inventory.files, '/bin/sh');
    deepEqual(sh, { path: '/bin/sh', type: 'link', mode: 0o777, bytes: 0, target: 'busybox' });
    deepEqual(fileAt(inventory.files, '/boot').bytes, 0);
    const curl = hash('shake256', 'init.d/curl', { outputEncoding: 'buffer', outputLength: 200_000 });
    equal(fileAt(inventory.initramfs, '/init.d/curl').sha256, hash('sha256', curl));
  });

  test("has the build, its packages and its board.conf's lines", () => {
    deepEqual(inventory.packages, [{ name: 'busybox', version: '1.37.0-r18', arch: 'aarch64', bytes: 0 }]);
    equal(inventory.buildId, BUILD);
    deepEqual(
      inventory.boardConf.filter((line) => /^(?:imgname|board)=/.test(line)),
      ['imgname="my-box"', 'board="pi"'],
    );
  });

  test('reads hard links once, and tells of what was read', async () => {
    const { start } = rootOf(raw);
    const file = path.join(folder, 'root.img');
    const linked = Buffer.from(raw);
    const root = linked.subarray(start);
    await withFile(file, root, () =>
      debugfs(file, ['ln /home/data /home/again', 'sif /home/data links_count 2'], true),
    );
    let read = 0;
    let whole = 0;
    const onProgress = (bytes: number, total: number) => {
      read += bytes;
      whole = total;
    };
    const found = await takeInventory(diskOf(linked), 'my-box-pi', { onProgress });
    if ('kind' in found) return fail(inventoryFaultText(found));
    equal(fileAt(found.files, '/home/again').sha256, fileAt(inventory.files, '/home/data').sha256);
    const bytes = inventory.files.reduce((sum, each) => sum + each.bytes, 0);
    deepEqual([read, whole], [bytes, bytes]);
  });

  test('ends with what is damaged, in words', async () => {
    const { start } = rootOf(raw);
    const damaged = Buffer.from(raw);
    const file = path.join(folder, 'root.img');
    await withFile(file, damaged.subarray(start), () => debugfs(file, ['sif /home/data block[5] 0x7fffffff'], true));
    const found = await takeInventory(diskOf(damaged), 'my-box-pi');
    equal('kind' in found && /^\/home\/data: the file system is damaged: /.test(inventoryFaultText(found)), true);
    const none = await takeInventory(diskOf(makeDiskImage(CONTENT)), 'x');
    equal('kind' in none && none.kind, 'root');
    deepEqual(await takeInventory(diskOf(Buffer.alloc(512)), 'x'), {
      kind: 'root',
      fault: { kind: 'no partition table' },
    });
  });

  test('is stopped', async () => {
    const reason = new Error('enough');
    await rejects(takeInventory(diskOf(raw), 'x', { signal: AbortSignal.abort(reason) }), reason);
  });
});

/** Writes bytes to a file, has it changed, and reads them back. */
async function withFile(file: string, bytes: Buffer, change: () => unknown): Promise<void> {
  await writeFile(file, bytes);
  change();
  (await readFile(file)).copy(bytes);
}
