import { deepEqual, equal, rejects } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { DamagedVolume } from '../../src/contents/damaged-volume.ts';
import { unpackInitramfs } from '../../src/contents/initramfs-archive.ts';
import { readNewcTree } from '../../src/contents/newc-tree.ts';
import { ubootRamdisk } from '../fixtures/disk-image.ts';
import { FILE, FOLDER, newcArchive } from '../fixtures/newc-archive.ts';
import { requireTools } from '../tools/tools.ts';
import { type Listed, listingOf } from './ext4/listing.ts';

const tools = requireTools('cpio');

function treeOf(initramfs: Buffer, chunkBytes = initramfs.length): Promise<Map<string, Listed>> {
  async function* chunks() {
    for (let at = 0; at < initramfs.length; at += chunkBytes) yield initramfs.subarray(at, at + chunkBytes);
  }
  return readNewcTree(() => unpackInitramfs(chunks())).then(listingOf);
}

suite('the tree of an initramfs', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mkbox-newc-'));
    await mkdir(path.join(folder, 'etc'));
    await writeFile(path.join(folder, 'etc', 'passwd'), 'root\n');
    await chmod(path.join(folder, 'etc', 'passwd'), 0o640);
    await link(path.join(folder, 'etc', 'passwd'), path.join(folder, 'linked'));
    await symlink('etc/passwd', path.join(folder, 'short'));
    await writeFile(path.join(folder, 'empty'), '');
  });
  after(() => rm(folder, { recursive: true }));

  function archive(): Buffer {
    const names = ['.', 'empty', 'etc', 'etc/passwd', 'linked', 'short'].map((name) => `${name}\n`).join('');
    return execFileSync(tools.cpio, ['--quiet', '-o', '-H', 'newc'], { cwd: folder, input: names });
  }

  test('is what cpio packed: links of both kinds, modes and contents', async () => {
    const tree = await treeOf(archive());
    deepEqual([...tree.keys()].sort(), ['', '/empty', '/etc', '/etc/passwd', '/linked', '/short']);
    const [passwd, linked, short] = ['/etc/passwd', '/linked', '/short'].map((name) => tree.get(name));
    deepEqual([passwd?.mode, passwd?.links, passwd?.bytes], ['640', 2, 5]);
    deepEqual(linked, passwd);
    deepEqual([short?.type, short?.target], ['link', 'etc/passwd']);
  });

  test('is the same behind gzip and a U-Boot header, in pieces of any size', async () => {
    const expected = await treeOf(archive());
    const initramfs = ubootRamdisk(gzipSync(archive()));
    for (const chunkBytes of [1, 7, 64, 65, initramfs.length]) deepEqual(await treeOf(initramfs, chunkBytes), expected);
  });

  test('has the contents of all files in one reading, hard links once', async () => {
    const packed = archive();
    for (const chunkBytes of [1, 7, 512, packed.length]) {
      let readings = 0;
      const root = await readNewcTree(async function* () {
        readings++;
        for (let at = 0; at < packed.length; at += chunkBytes) yield packed.subarray(at, at + chunkBytes);
      });
      const contents = new Map<number, string>();
      for await (const { id, bytes } of root.contents()) contents.set(id, (contents.get(id) ?? '') + bytes);
      deepEqual([[...contents.values()], readings], [['root\n'], 2]);
    }
  });

  test('is of all archives that follow one another; what comes later counts', async () => {
    const more = newcArchive(
      [
        { name: 'etc', mode: FOLDER | 0o700 },
        { name: 'etc/passwd', mode: FILE | 0o600, content: Buffer.from('later') },
        { name: 'no/such/folder', mode: FILE | 0o600, content: Buffer.from('lost') },
        { name: '../out', mode: FILE | 0o600, content: Buffer.from('lost') },
      ],
      0,
    );
    for (const whole of [
      Buffer.concat([archive(), Buffer.alloc(1024), more]),
      Buffer.concat([gzipSync(archive()), gzipSync(more)]),
    ]) {
      const tree = await treeOf(whole);
      deepEqual([...tree.keys()].sort(), ['', '/empty', '/etc', '/etc/passwd', '/linked', '/short']);
      deepEqual(
        [tree.get('/etc')?.mode, tree.get('/etc/passwd')?.mode, tree.get('/etc/passwd')?.bytes],
        ['700', '600', 5],
      );
      equal(tree.get('/linked')?.mode, '640');
    }
  });

  test('is damaged where it is cut, and where gzip is', async () => {
    const whole = archive();
    await rejects(treeOf(whole.subarray(0, 300)), DamagedVolume);
    await rejects(treeOf(gzipSync(whole).subarray(0, -10)), DamagedVolume); // its length differs: times and inode numbers
    await rejects(treeOf(Buffer.concat([whole, Buffer.from('more')])), DamagedVolume);
  });

  for (const bytes of [0, 1, 2, 3]) {
    test(`is damaged where its U-Boot header says ${bytes} bytes`, async () => {
      const short = ubootRamdisk(archive());
      short.writeUInt32BE(bytes, 12);
      await rejects(treeOf(short), DamagedVolume);
    });
  }
});
