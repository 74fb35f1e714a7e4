import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, open, readdir, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseImageAddress } from '../../src/cli/image-address.ts';
import { crc32c } from '../../src/contents/ext4/crc32c.ts';
import { makeSetWithTools } from '../fixtures/tool-made-set.ts';
import { type Outcome, runCommand } from './run-command.ts';

const BUILD = '1a'.repeat(32);
const PACKAGES = 'P:openrc\nV:0.55-r1\nI:2000\n\nP:busybox\nV:1.37.0-r18\nI:947200\nF:bin\n\n';
const HELLO = 'hello\u001b[31m\tworld\n';
/** As the fixture fills it. */
const DATA = createHash('shake256', { outputLength: 2_000_000 }).update('home/data').digest();

describe('looking inside an image', () => {
  let folder: string;
  let set: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mkbox-inside-'));
    set = await makeSetWithTools(path.join(folder, 'boxes', 'my-box'), {
      box: 'my-box',
      board: 'pi',
      buildId: BUILD,
      rootFiles: {
        'lib/apk/db/installed': PACKAGES,
        'home/evil\u001b[2J': '',
        'etc/hello': HELLO,
        'lib/u-boot.img': 'a loader\n',
        'lib/u-boot.img.zst': 'another\n',
        'etc/passwd': `me:x:${process.getuid?.() ?? 0}:0::/:/bin/sh\n`,
      },
    });
  });
  after(() => rm(folder, { recursive: true }));

  const run = (...args: string[]): Promise<Outcome> => runCommand(args, { IMAGE_PATH: path.join(folder, 'boxes') });

  describe('update-server ls', () => {
    it('lists a folder as ls -l does', async () => {
      const { status, stdout, stderr } = await run('ls', 'my-box/my-box-pi:/bin');
      assert.deepEqual([status, stderr], [0, '']);
      const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d`;
      const lines = [`-rwsr-xr-x 1 me \\d+ 70000 ${time} busybox`, `lrwxrwxrwx 1 me \\d+ +7 ${time} sh -> busybox`];
      assert.match(stdout, new RegExp(`^${lines.join('\n')}\n$`));
    });

    it('takes an image by its name alone, and begins at the root, with the boot partition in it', async () => {
      const { stdout } = await run('ls', 'my-box-pi');
      const names = stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ').at(-1));
      assert.deepEqual(names, ['bin', 'boot', 'etc', 'home', 'lib', 'lost+found']);
      assert.match((await run('ls', 'my-box-pi:boot')).stdout, / Image\n.* initramfs\n.* update\.txt\n$/);
    });

    it('prints no control characters', async () => {
      const { stdout } = await run('ls', 'my-box-pi:/home');
      assert.match(stdout, / evil\\u\{1b\}\[2J\n$/);
      const json = await run('ls', 'my-box-pi:/home', '--json');
      assert.ok(!json.stdout.includes('\u001b'));
      assert.equal(JSON.parse(json.stdout)[1].name, 'evil\u001b[2J');
    });

    it('tells the same as JSON', async () => {
      const { stdout } = await run('ls', '--json', 'my-box-pi:/bin/sh');
      const [{ modified, uid, gid, ...file }] = JSON.parse(stdout);
      assert.match(modified, /^\d{4}-.*Z$/);
      assert.deepEqual([typeof uid, typeof gid], ['number', 'number']);
      const expected = { name: '/bin/sh', type: 'link', mode: '0777', links: 1, size: 7, target: 'busybox' };
      assert.deepEqual(file, expected);
    });

    it('lists the initramfs', async () => {
      const { stdout } = await run('ls', 'my-box-pi:initramfs');
      assert.match(stdout, / board\.conf\n.* init\n.* init\.d\n$/);
      assert.match((await run('ls', 'my-box-pi:initramfs:init.d')).stdout, / 200000 .* curl\n$/);
    });

    it('says what is not there', async () => {
      const failures: Record<string, RegExp> = {
        'my-box-pi:/none': /^update-server: \/none: no such file or folder\n$/,
        'my-box-pi:/bin/sh/x': /^update-server: \/bin\/sh\/x: not a folder\n$/,
        other: /^update-server: there is no image other below IMAGE_PATH/,
        './none.img': /^update-server: there is no file \.\/none\.img\n$/,
      };
      for (const [address, message] of Object.entries(failures)) {
        const { status, stdout, stderr } = await run('ls', address);
        assert.deepEqual([status, stdout], [1, ''], address);
        assert.match(stderr, message);
      }
    });

    it('says what makes no sense', async () => {
      for (const args of [['ls'], ['ls', 'a', 'b'], ['ls', '--nothing', 'a'], ['cat', 'my-box-pi']]) {
        assert.equal((await run(...args)).status, 2, args.join(' '));
      }
      assert.equal((await run('packages', 'my-box-pi:/etc')).status, 2);
    });
  });

  describe('update-server cat', () => {
    it('writes a file as it is, behind links, too', async () => {
      assert.equal((await run('cat', 'my-box-pi:/etc/hello')).stdout, HELLO);
      assert.equal((await run('cat', 'my-box-pi:/etc/runlevels/default/example')).stdout, '#!/sbin/openrc-run\n');
      assert.match(
        (await run('cat', 'my-box-pi:initramfs:board.conf')).stdout,
        new RegExp(`^buildID="?${BUILD}"?$`, 'm'),
      );
    });

    it('writes a file whose name is like that of an image', async () => {
      const loader = 'a loader\n';
      assert.equal((await run('cat', 'my-box/my-box-pi:/lib/u-boot.img')).stdout, loader);
      assert.equal((await run('cat', 'my-box-pi:lib/u-boot.img')).stdout, loader);
      assert.equal((await run('cat', `${set}.img:/lib/u-boot.img.zst`)).stdout, 'another\n');
    });

    it('writes no folder', async () => {
      const { status, stderr } = await run('cat', 'my-box-pi:/etc');
      assert.deepEqual([status, stderr], [1, 'update-server: /etc: not a regular file\n']);
    });
  });

  describe('update-server packages', () => {
    it('lists names, versions and sizes', async () => {
      const { status, stdout } = await run('packages', 'my-box-pi');
      assert.deepEqual([status, stdout], [0, 'busybox  1.37.0-r18  947200\nopenrc   0.55-r1       2000\n']);
      assert.deepEqual(JSON.parse((await run('packages', 'my-box-pi', '--json')).stdout), [
        { name: 'busybox', version: '1.37.0-r18', size: 947_200 },
        { name: 'openrc', version: '0.55-r1', size: 2000 },
      ]);
    });
  });

  describe('an image', () => {
    it('is read from whatever file it lies in, and nothing is left behind', async () => {
      const elsewhere = path.join(folder, 'elsewhere');
      const temporary = path.join(folder, 'tmp');
      await mkdir(elsewhere);
      await mkdir(temporary);
      const [raw, zst] = [path.join(elsewhere, 'a:b.img'), path.join(elsewhere, 'a.img.zst')];
      await copyFile(`${set}.img`, raw);
      await copyFile(`${set}.img.zst`, zst);
      const packed = path.join(elsewhere, 'packed.img');
      await copyFile(`${set}.img`, packed);
      assert.equal((await run('pack', packed)).status, 0);
      for (const image of [raw, zst, `${packed}.zst`]) {
        const { status, stdout } = await runCommand(['ls', '--json', `${image}:/home/data`], { TMPDIR: temporary });
        assert.deepEqual([status, JSON.parse(stdout)[0].size], [0, DATA.length], image);
        const cat = await runCommand(['cat', `${image}:/etc/hello`], { TMPDIR: temporary });
        assert.deepEqual([cat.status, cat.stdout], [0, HELLO], image);
      }
      assert.deepEqual(await readdir(temporary), []);
    });

    it('is decompressed once, and kept beside CHECKS_PATH', async () => {
      const caches = path.join(folder, 'caches');
      const zst = path.join(folder, 'elsewhere', 'a.img.zst');
      const env = { CHECKS_PATH: path.join(caches, 'checks.json') };
      assert.equal((await runCommand(['cat', `${zst}:/etc/hello`], env)).stdout, HELLO);
      const [name = '', ...others] = await readdir(path.join(caches, 'inside'));
      assert.deepEqual(others, []);
      const { ino } = await stat(path.join(caches, 'inside', name));
      assert.equal((await runCommand(['cat', `${zst}:/etc/hello`], env)).stdout, HELLO);
      assert.equal((await stat(path.join(caches, 'inside', name))).ino, ino);
      const none = { CHECKS_PATH: path.join(caches, 'none', 'checks.json'), INSIDE_CACHE: 'none' };
      assert.equal((await runCommand(['cat', `${zst}:/etc/hello`], none)).stdout, HELLO);
      assert.deepEqual(await readdir(caches), ['inside']);
    });

    it('is read from its .img.zst where the raw image beside it is cut', async () => {
      await rename(`${set}.img`, `${set}.img.kept`);
      await copyFile(`${set}.img.kept`, `${set}.img`);
      await truncate(`${set}.img`, 40 * 1024 * 1024);
      const { status, stdout } = await run('cat', 'my-box-pi:/etc/hello');
      assert.deepEqual([status, stdout], [0, HELLO]);
      await rename(`${set}.img.kept`, `${set}.img`);
    });

    it('is read from its .img.zst where the raw image beside it is of another build', async () => {
      const other = await makeSetWithTools(path.join(folder, 'other'), {
        box: 'my-box',
        board: 'pi',
        buildId: '2b'.repeat(32),
        rootFiles: { 'etc/hello': 'other\n' },
      });
      await rename(`${set}.img`, `${set}.img.kept`);
      await copyFile(`${other}.img`, `${set}.img`);
      assert.equal((await run('cat', 'my-box-pi:/etc/hello')).stdout, HELLO);
      await rename(`${set}.img.kept`, `${set}.img`);
    });

    it('whose journal was not replayed is read as it is, with a note', async () => {
      const dirty = path.join(folder, 'dirty.img');
      await copyFile(`${set}.img`, dirty);
      // the root partition begins behind a megabyte and a boot partition of 34; Documentation/filesystems/ext4/super.rst
      const superblock = 35 * 1024 * 1024 + 1024;
      await using image = await open(dirty, 'r+');
      const bytes = Buffer.alloc(1024);
      await image.read(bytes, 0, bytes.length, superblock);
      bytes.writeUInt32LE(bytes.readUInt32LE(0x60) | 0x4, 0x60);
      bytes.writeUInt32LE(crc32c(0xffffffff, bytes.subarray(0, 0x3fc)), 0x3fc);
      await image.write(bytes, 0, bytes.length, superblock);
      const { status, stdout, stderr } = await run('cat', `${dirty}:/etc/hello`);
      assert.deepEqual([status, stdout], [0, HELLO]);
      assert.equal(stderr, 'note: the root file system was not unmounted: shown as it is on the disk\n');
    });

    it('that is damaged or no image says so', async () => {
      const bad = path.join(folder, 'bad');
      await mkdir(bad);
      await copyFile(`${set}.img.zst`, path.join(bad, 'cut.img.zst'));
      await truncate(path.join(bad, 'cut.img.zst'), 100_000);
      await writeFile(path.join(bad, 'zeros.img'), Buffer.alloc(100_000));
      await copyFile(`${set}.img`, path.join(bad, 'short.img'));
      await truncate(path.join(bad, 'short.img'), 36 * 1024 * 1024);
      const failures = {
        'cut.img.zst': /cut\.img\.zst is cut off at byte 100000/,
        'zeros.img': /there is no partition table/,
        'short.img:/home/data': /damaged|no ext2/,
      };
      for (const [name, message] of Object.entries(failures)) {
        const { status, stderr } = await run('cat', `${path.join(bad, name)}${name.includes(':') ? '' : ':/x'}`);
        assert.equal(status, 1, name);
        assert.match(stderr, message);
        assert.doesNotMatch(stderr, /^ +at /m);
      }
    });
  });
});

describe('the address of a file in an image', () => {
  const parts = (text: string) => {
    const { image, isFile, tree, path: file } = parseImageAddress(text);
    return [image, isFile, tree, file];
  };

  it('is an image, a tree and a path', () => {
    assert.deepEqual(parts('box/image'), ['box/image', false, 'root', '/']);
    assert.deepEqual(parts('image:etc/a:b'), ['image', false, 'root', '/etc/a:b']);
    assert.deepEqual(parts('image:initramfs'), ['image', false, 'initramfs', '/']);
    assert.deepEqual(parts('image:initramfs:/init'), ['image', false, 'initramfs', '/init']);
    assert.deepEqual(parts('image:/initramfs'), ['image', false, 'root', '/initramfs']);
    assert.deepEqual(parts('./a:b.img'), ['./a:b.img', true, 'root', '/']);
    assert.deepEqual(parts('C:\\boxes\\x.img.zst:/etc'), ['C:\\boxes\\x.img.zst', true, 'root', '/etc']);
    assert.deepEqual(parts('x.img:/y.img'), ['x.img', true, 'root', '/y.img']);
    assert.deepEqual(parts('box/x.img.zst:y.img'), ['box/x.img.zst', true, 'root', '/y.img']);
    assert.deepEqual(parts('box/image:/u.img'), ['box/image', false, 'root', '/u.img']);
    assert.deepEqual(parts('box/image:boot/u.img.zst'), ['box/image', false, 'root', '/boot/u.img.zst']);
    assert.deepEqual(parts('image:initramfs:/a.img'), ['image', false, 'initramfs', '/a.img']);
    assert.deepEqual(parts('C:/boxes/x.img:/a.img'), ['C:/boxes/x.img', true, 'root', '/a.img']);
    assert.deepEqual(parts('/at/12:30/x.img:/a.img'), ['/at/12:30/x.img', true, 'root', '/a.img']);
    assert.deepEqual(parts('../a:b/x.img.zst'), ['../a:b/x.img.zst', true, 'root', '/']);
  });
});
