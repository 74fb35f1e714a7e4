import { deepEqual, equal, rejects } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { truncateSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { FatVolume } from '../../src/contents/fat-volume.ts';
import type { FileNode } from '../../src/contents/file-node.ts';
import { requireTools } from '../tools/tools.ts';
import { diskOf } from './disks.ts';
import { listingOf } from './ext4/listing.ts';

const tools = requireTools('mkfs.fat', 'mcopy');

const FILES: Readonly<Record<string, string>> = {
  'IMAGE.GZ': 'kernel',
  'update.txt': 'force_update_name=\n',
  'overlays/w1-gpio-pull-up-of-a-very-long-name.dtbo': 'overlay',
  'overlays/deep/er/Grüße-日本.txt': 'hello',
  'overlays/empty': '',
  'umläut.txt': 'in a short name, in lower case',
  'é.txt': 'in a short name of one letter',
  'ÄÖÜ.TXT': 'in a short name, in upper case',
  big: 'x'.repeat(200_000),
};
/** Those of them that mcopy writes without a long name, in code page 850. */
const SHORT = ['umläut.txt', 'é.txt', 'ÄÖÜ.TXT'];
/** An even number of seconds: FAT has no odd ones. */
const TIME = 1_767_225_600;

async function rootOf(image: Buffer): Promise<FileNode> {
  const volume = await FatVolume.open(diskOf(image), { number: 1, type: 0x83, start: 0, bytes: image.length });
  if (volume === undefined) throw new Error('no FAT');
  return volume.root();
}

suite('the folders of a FAT file system', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mkbox-fat-'));
    for (const [name, content] of Object.entries(FILES)) {
      const file = path.join(folder, 'tree', name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, content);
      await utimes(file, TIME, TIME);
    }
    await mkdir(path.join(folder, 'tree', 'many'));
    for (let index = 0; index < 300; index++) await writeFile(path.join(folder, 'tree', 'many', `file-${index}`), '');
  });
  after(() => rm(folder, { recursive: true }));

  async function makeImage(bits: '16' | '32'): Promise<Buffer> {
    const file = path.join(folder, `fat${bits}.img`);
    await writeFile(file, '');
    truncateSync(file, 36 * 1024 * 1024);
    execFileSync(tools['mkfs.fat'], ['-F', bits, '-n', 'BOOT', file]);
    const top = ['IMAGE.GZ', 'update.txt', 'overlays', 'big', 'many', ...SHORT].map((name) =>
      path.join(folder, 'tree', name),
    );
    const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' };
    execFileSync(tools.mcopy, ['-s', '-m', '-i', file, ...top, '::/'], { env });
    return readFile(file);
  }

  for (const bits of ['16', '32'] as const) {
    test(`are as mcopy wrote them, of FAT${bits}`, async () => {
      const listing = await listingOf(await rootOf(await makeImage(bits)));
      const names = [...Object.keys(FILES), ...Array.from({ length: 300 }, (_, index) => `many/file-${index}`)];
      const folders = ['', 'overlays', 'overlays/deep', 'overlays/deep/er', 'many'];
      const expected = [...names, ...folders].map((name) => (name === '' ? '' : `/${name}`));
      deepEqual([...listing.keys()].sort(), expected.sort());
      for (const [name, content] of Object.entries(FILES)) {
        const file = listing.get(`/${name}`);
        deepEqual([file?.type, file?.bytes, file?.modifiedAt], ['file', Buffer.byteLength(content), TIME], name);
      }
      equal(listing.get('/overlays')?.type, 'folder');
    });
  }

  test('have names with letters of two units, which Windows and Linux write, and mcopy does not', async () => {
    const file = path.join(folder, 'pairs.img');
    await writeFile(file, '');
    truncateSync(file, 36 * 1024 * 1024);
    execFileSync(tools['mkfs.fat'], ['-F', '32', file]);
    for (const name of ['smile-жш.txt', 'aaaaaaaaaaaaжш.txt']) {
      await writeFile(path.join(folder, name), '');
      execFileSync(tools.mcopy, ['-i', file, path.join(folder, name), '::/'], {
        env: { ...process.env, LC_ALL: 'C.UTF-8' },
      });
    }
    const image = await readFile(file);
    const data = image.readUInt16LE(14) * 512 + image.readUInt8(16) * image.readUInt32LE(36) * 512;
    for (let entry = data; entry < data + 512; entry += 32) {
      if (image.readUInt8(entry + 11) !== 0x0f) continue;
      for (const at of [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30].map((place) => entry + place)) {
        const half = { ж: '😀'.charCodeAt(0), ш: '😀'.charCodeAt(1) }[image.toString('utf16le', at, at + 2)];
        if (half !== undefined) image.writeUInt16LE(half, at);
      }
    }
    const names = [...(await listingOf(await rootOf(image))).keys()].sort();
    deepEqual(names, ['', '/aaaaaaaaaaaa😀.txt', '/smile-😀.txt']);
  });

  test('give the content of a file', async () => {
    const root = await rootOf(await makeImage('32'));
    for await (const children of root.list()) {
      for (const child of children) {
        if (child.name !== 'big') continue;
        const pieces: Buffer[] = [];
        for await (const piece of (await child.open()).read()) pieces.push(piece);
        equal(Buffer.concat(pieces).toString(), FILES.big);
        return;
      }
    }
    throw new Error('no file');
  });

  test('are damaged where one has no end', async () => {
    const image = await makeImage('32');
    const table = image.readUInt16LE(14) * 512;
    const root = image.readUInt32LE(44);
    image.writeUInt32LE(root, table + root * 4);
    // no entry of the root folder is the last
    const data = table + image.readUInt8(16) * image.readUInt32LE(36) * 512;
    image.fill(0xe5, data, data + 512);
    await rejects(listingOf(await rootOf(image)), /a folder has no end/);
  });
});
