import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, before, suite, test } from 'node:test';
import { crc32, gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Compression } from '../../src/contents/compression.ts';
import { DamagedVolume } from '../../src/contents/damaged-volume.ts';
import { type InitramfsFault, readInitramfs } from '../../src/contents/initramfs.ts';
import { unpackInitramfs } from '../../src/contents/initramfs-archive.ts';
import { readNewcTree } from '../../src/contents/newc-tree.ts';
import { COMPRESSED_LETTERS } from '../fixtures/compressed-letters.ts';
import { boardConfOf, makeInitramfs, ubootRamdisk } from '../fixtures/disk-image.ts';
import { FILE, newcArchive } from '../fixtures/newc-archive.ts';
import { processorMs } from '../processor-time.ts';
import { requireTools } from '../tools/tools.ts';
import { CONTENT } from './disks.ts';

const CONF = boardConfOf(CONTENT);
const MIB = 1024 * 1024;

/** The bytes as a stream, in chunks of so many. */
function streamOf(bytes: Buffer, chunkBytes = 64 * 1024): Readable {
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) =>
    bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes),
  );
  return Readable.from(chunks);
}

suite('the board.conf of an initramfs', () => {
  test('is its text', async () => {
    deepEqual(await readInitramfs(streamOf(makeInitramfs(CONTENT))), { boardConf: CONF });
  });

  test('is found in chunks of any size', async () => {
    const initramfs = makeInitramfs(CONTENT);
    for (const bytes of [1, 2, 63, 64, 65, 127, initramfs.length]) {
      deepEqual(await readInitramfs(streamOf(initramfs, bytes)), { boardConf: CONF });
    }
  });

  test('is found behind much else', async () => {
    deepEqual(await readInitramfs(streamOf(makeInitramfs({ ...CONTENT, ballast: 8 * MIB }))), { boardConf: CONF });
  });

  test('is not there when the archive has none', async () => {
    equal(await readInitramfs(streamOf(makeInitramfs({ ...CONTENT, boardConf: null }))), 'no board.conf');
    equal(await readInitramfs(streamOf(makeInitramfs({ ...CONTENT, boardConf: null, ballast: MIB }))), 'no board.conf');
  });

  test('is none when it is longer than any is', async () => {
    const boardConf = '# much to say\n'.repeat(10_000);
    equal(await readInitramfs(streamOf(makeInitramfs({ ...CONTENT, boardConf }))), 'no board.conf');
  });

  test('is found where something is behind the payload, which U-Boot does not read', async () => {
    const padded = Buffer.concat([makeInitramfs(CONTENT), Buffer.alloc(4096, 'x')]);
    for (const bytes of [1000, padded.length])
      deepEqual(await readInitramfs(streamOf(padded, bytes)), { boardConf: CONF });
  });

  test('is found behind all that may stand in the header of a gzip file', async () => {
    const [plain, payload] = [gzipSync(''), makeInitramfs(CONTENT).subarray(64)];
    // RFC 1952, 2.3: FHCRC, FEXTRA, FNAME and FCOMMENT, in the order of their fields
    const flags = Buffer.from([0x1f, 0x8b, 8, 0b11110, 0, 0, 0, 0, 0, 3]);
    const header = Buffer.concat([flags, Buffer.from('\x03\0xyzname\0comment\0', 'latin1')]);
    const crc = Buffer.alloc(2);
    for (const [wrong, found] of [
      [0, { boardConf: CONF }],
      [1, 'gzip damaged'],
    ] as const) {
      crc.writeUInt16LE((crc32(header) & 0xffff) ^ wrong);
      const initramfs = ubootRamdisk(Buffer.concat([plain, header, crc, payload.subarray(10)]));
      for (const bytes of [1, 2, 7, initramfs.length])
        deepEqual(await readInitramfs(streamOf(initramfs, bytes)), found);
    }
  });

  test('is not told when the stream fails: the failure is', async () => {
    const failure = new Error('a bad sector');
    const failing = async function* () {
      yield makeInitramfs({ ...CONTENT, ballast: MIB }).subarray(0, 500_000);
      throw failure;
    };
    await rejects(readInitramfs(Readable.from(failing())), failure);
  });

  test('is told or not, however it is damaged, without failing', { timeout: 240_000 }, async () => {
    const initramfs = makeInitramfs({ ...CONTENT, ballast: 2000 });
    const changes = fc.array(fc.tuple(fc.nat(initramfs.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(changes, fc.integer({ min: 1, max: 3000 }), async (places, chunkBytes) => {
        const damaged = Buffer.from(initramfs);
        for (const [at, value] of places) damaged.writeUInt8(value, at);
        const found = await readInitramfs(streamOf(damaged, chunkBytes));
        ok(typeof found === 'object' || found.startsWith('U-Boot'), JSON.stringify(found));
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});

suite('an initramfs that a board cannot boot with', () => {
  const ballast = makeInitramfs({ ...CONTENT, ballast: MIB });
  const archive = gunzipSync(ballast.subarray(64));
  /** Nothing in it says that mkbox made it. */
  const other = makeInitramfs({ ...CONTENT, boardConf: null }).subarray(64);
  /** As mkbox makes it, but for its U-Boot header. */
  const bare = makeInitramfs(CONTENT).subarray(64);
  const packed = (content: Buffer) => ubootRamdisk(gzipSync(content, { level: 1 }));
  const withPayload = (change: (payload: Buffer) => Buffer) => ubootRamdisk(change(Buffer.from(ballast.subarray(64))));
  const changed = (at: number, bytes = ballast) => {
    const copy = Buffer.from(bytes);
    copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
    return copy;
  };
  const faults: Record<string, [initramfs: Buffer, fault: InitramfsFault]> = {
    'is empty': [Buffer.alloc(0), 'U-Boot magic'],
    'is shorter than a header': [ballast.subarray(0, 63), 'U-Boot magic'],
    'is zeros': [Buffer.alloc(100_000), 'U-Boot magic'],
    'is a bare gzip file': [other, 'no U-Boot header'],
    'is a bare archive': [gunzipSync(other), 'no U-Boot header'],
    'is a bare gzip file of something else': [gzipSync(CONF), 'no U-Boot header'],
    'is a bare gzip file with a board.conf in it': [ballast.subarray(64), 'U-Boot magic'],
    'is a bare archive with a board.conf in it': [archive, 'U-Boot magic'],
    'is a bare archive with a board.conf in it, cut off behind that': [archive.subarray(0, -200), 'U-Boot magic'],
    'is a bare gzip file, and one with a board.conf behind it': [
      Buffer.concat([other, Buffer.alloc(4), bare]),
      'U-Boot magic',
    ],
    'is a bare gzip file with a wrong bit in it': [changed(300_000, ballast.subarray(64)), 'gzip damaged'],
    'is a bare gzip file with something else behind it': [Buffer.concat([bare, Buffer.from('junk')]), 'gzip damaged'],
    'is a bare gzip file that is cut off': [ballast.subarray(64, -100_000), 'gzip cut'],
    'has another magic': [changed(0), 'U-Boot magic'],
    'has another CRC of its header': [changed(4), 'U-Boot header CRC'],
    'has another size in its header': [changed(15), 'U-Boot header CRC'],
    'has another name in its header': [changed(40), 'U-Boot header CRC'],
    'is cut off behind its header': [ballast.subarray(0, 64), 'U-Boot size'],
    'is cut off': [ballast.subarray(0, -100_000), 'U-Boot size'],
    'lacks its last byte': [ballast.subarray(0, -1), 'U-Boot size'],
    'has a wrong bit at its beginning': [changed(64), 'U-Boot data CRC'],
    'has a wrong bit in its middle': [changed(500_000), 'U-Boot data CRC'],
    'has a wrong bit at its end': [changed(ballast.length - 1), 'U-Boot data CRC'],
    'has a payload of nothing': [ubootRamdisk(Buffer.alloc(0)), 'gzip cut'],
    'has a payload that is no gzip': [ubootRamdisk(Buffer.from('no gzip at all')), 'gzip damaged'],
    'has a payload of zeros': [ubootRamdisk(Buffer.alloc(MIB)), 'gzip damaged'],
    'has a payload with wrong bytes': [withPayload((bytes) => bytes.fill(0xff, 300_000, 301_000)), 'gzip damaged'],
    'has a payload with another CRC': [withPayload((bytes) => changed(bytes.length - 8, bytes)), 'gzip damaged'],
    'has a payload with another length': [withPayload((bytes) => changed(bytes.length - 4, bytes)), 'gzip damaged'],
    'has a payload that is cut off': [withPayload((bytes) => bytes.subarray(0, -100_000)), 'gzip cut'],
    'has a payload without its last byte': [withPayload((bytes) => bytes.subarray(0, -1)), 'gzip cut'],
    'unpacks to nothing': [packed(Buffer.alloc(0)), 'cpio cut'],
    'unpacks to text': [packed(Buffer.from('no archive'.repeat(20))), 'cpio damaged'],
    'unpacks to half an archive': [packed(archive.subarray(0, archive.length >> 1)), 'cpio cut'],
    'unpacks to an archive without its end': [packed(archive.subarray(0, archive.indexOf('TRAILER!!!'))), 'cpio cut'],
    'unpacks to an archive with a wrong magic': [
      packed(changed(archive.lastIndexOf('070701'), archive)),
      'cpio damaged',
    ],
  };
  for (const [compression, letter] of Object.entries(COMPRESSED_LETTERS)) {
    const payload = Buffer.concat([letter, archive]);
    const fault = `compressed with ${compression as Compression}` as const;
    const behind = (before: Buffer) => Buffer.concat([before, Buffer.alloc(512 - (before.length % 512)), letter]);
    faults[`is ${compression}`] = [payload, 'no U-Boot header'];
    faults[`is ${compression} behind a gzip file`] = [behind(other), 'no U-Boot header'];
    faults[`is ${compression} behind a gzip file with a board.conf`] = [behind(bare), 'U-Boot magic'];
    faults[`has a payload of ${compression}`] = [ubootRamdisk(payload), fault];
    faults[`has ${compression} behind a gzip file`] = [ubootRamdisk(behind(other)), fault];
    faults[`has ${compression} right behind a gzip file`] = [ubootRamdisk(Buffer.concat([other, letter])), fault];
    faults[`has ${compression} right behind a gzip file with a board.conf`] = [
      ubootRamdisk(Buffer.concat([bare, letter])),
      `partly ${fault}`,
    ];
    faults[`has ${compression} behind a gzip file with a board.conf`] = [ubootRamdisk(behind(bare)), `partly ${fault}`];
    faults[`has ${compression} behind an archive`] = [ubootRamdisk(behind(gunzipSync(other))), fault];
    faults[`has ${compression} behind an archive with a board.conf`] = [
      ubootRamdisk(Buffer.concat([archive, payload])),
      `partly ${fault}`,
    ];
    faults[`has ${compression} with a wrong checksum`] = [changed(99, ubootRamdisk(payload)), 'U-Boot data CRC'];
  }
  for (const [what, [initramfs, fault]] of Object.entries(faults)) {
    test(`is '${fault}' when it ${what}, in chunks of any size`, async () => {
      for (const bytes of [333, 64 * 1024, Math.max(1, initramfs.length)]) {
        equal(await readInitramfs(streamOf(initramfs, bytes)), fault);
      }
    });
  }

  for (const [where, zeros, found] of [
    ['', 0, 'cpio cut'],
    [', with zeros between them', 1, 'gzip damaged'],
  ] as const) {
    test(`is told soon when it has a million gzip files${where}`, { timeout: 60_000 }, async () => {
      const nothing = Buffer.concat([gzipSync(''), Buffer.alloc(zeros)]);
      const initramfs = ubootRamdisk(Buffer.alloc(1_000_000 * nothing.length, nothing));
      equal(await readInitramfs(streamOf(initramfs)), found);
    });
  }

  test('is told in a second or two when it unpacks to gigabytes', { timeout: 240_000 }, async () => {
    const zeros = gzipSync(Buffer.alloc(64 * MIB));
    const initramfs = ubootRamdisk(Buffer.concat(Array.from({ length: 64 }, () => zeros)));
    let sound: Buffer = Buffer.alloc(0);
    const packedMs = await processorMs(() => {
      const archive = newcArchive([{ name: 'zeros', mode: FILE, content: Buffer.alloc(600 * MIB) }], 0);
      sound = ubootRamdisk(gzipSync(archive, { level: 1 }));
    });
    const ms = await processorMs(async () => {
      equal(await readInitramfs(streamOf(initramfs)), 'unpacks to too much');
      equal(await readInitramfs(streamOf(sound)), 'unpacks to too much');
    });
    ok(ms < 2 * packedMs + 10_000, `${ms} ms`);
  });
});

suite('archives that follow one another in an initramfs', () => {
  const tools = requireTools('cpio', 'gzip', 'mkimage');
  let folder: string;
  /** Made by cpio: without a `board.conf`, and with one that has that text. */
  let plain: Buffer;
  let first: Buffer;
  let second: Buffer;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mkbox-initramfs-'));
    plain = await archiveOf('plain', { init: '#!/bin/sh\n' });
    first = await archiveOf('first', { 'board.conf': 'imgname=first\n' });
    second = await archiveOf('second', { init: '#!/bin/sh\n', 'board.conf': 'imgname=second\n' });
  });
  after(() => rm(folder, { recursive: true }));

  async function archiveOf(name: string, files: Readonly<Record<string, string>>, format = 'newc'): Promise<Buffer> {
    const cwd = path.join(folder, name);
    await mkdir(cwd);
    for (const [file, text] of Object.entries(files)) await writeFile(path.join(cwd, file), text);
    const input = ['.', ...Object.keys(files)].map((file) => `${file}\n`).join('');
    return execFileSync(tools.cpio, ['--quiet', '-H', format, '-o'], { cwd, input });
  }

  const gzip = (content: Buffer) => gzipSync(content, { level: 9 });

  /** What gzip(1) makes of it, with a file name in its header that makes it so many bytes longer than a multiple of four. */
  async function gzipFile(content: Buffer, longer = 0): Promise<Buffer> {
    for (let name = 'archive'; ; name += '-') {
      const file = path.join(folder, name);
      await writeFile(file, content);
      const packed = execFileSync(tools.gzip, ['--name', '--stdout', file]);
      if (packed.length % 4 === longer) return packed;
    }
  }

  async function mkimage(payload: Buffer): Promise<Buffer> {
    const [from, to] = [path.join(folder, 'payload'), path.join(folder, 'initramfs')];
    await writeFile(from, payload);
    const header = ['-n', 'initramfs', '-A', 'arm', '-O', 'linux', '-T', 'ramdisk', '-C', 'none'];
    execFileSync(tools.mkimage, [...header, '-d', from, to]);
    return readFile(to);
  }

  /** What the check, and the view of files, find as the `board.conf`, in chunks of any size. */
  async function confsIn(payload: Buffer): Promise<Set<unknown>> {
    const initramfs = await mkimage(payload);
    const found = new Set<unknown>();
    for (const bytes of [1, 7, 512, initramfs.length]) {
      const checked = await readInitramfs(streamOf(initramfs, bytes));
      found.add(typeof checked === 'string' ? checked : checked.boardConf);
      found.add(await seenIn(initramfs, bytes));
    }
    return found;
  }

  async function seenIn(initramfs: Buffer, chunkBytes: number): Promise<string> {
    const root = await readNewcTree(() => unpackInitramfs(streamOf(initramfs, chunkBytes)));
    for await (const children of root.list()) {
      for (const { name, open } of children) {
        if (name === 'board.conf') return (await buffer((await open()).read())).toString();
      }
    }
    return 'no board.conf';
  }

  const cases: Record<string, [payload: () => Buffer | Promise<Buffer>, found: string]> = {
    'is in the second of two gzip files': [() => Buffer.concat([gzip(plain), gzip(second)]), 'imgname=second\n'],
    'is in the first of two gzip files': [() => Buffer.concat([gzip(first), gzip(plain)]), 'imgname=first\n'],
    'is the last one of two gzip files': [() => Buffer.concat([gzip(first), gzip(second)]), 'imgname=second\n'],
    'is the last one in a gzip file of two archives': [
      () => gzip(Buffer.concat([first, Buffer.alloc(4096), second])),
      'imgname=second\n',
    ],
    'is in a gzip file behind zeros': [
      () => Buffer.concat([gzip(first), Buffer.alloc(5001), gzip(second)]),
      'imgname=second\n',
    ],
    'is in an archive that is not compressed': [() => second, 'imgname=second\n'],
    'is in a gzip file behind an archive that is not compressed': [
      () => Buffer.concat([first, gzip(second)]),
      'imgname=second\n',
    ],
    'is in one that is not compressed, behind a gzip file and zeros': [
      () => Buffer.concat([gzip(first), Buffer.alloc(8 - (gzip(first).length % 4)), second, Buffer.alloc(99)]),
      'imgname=second\n',
    ],
    'is in one that is not compressed, right behind a gzip file': [
      async () => Buffer.concat([await gzipFile(first), second]),
      'imgname=second\n',
    ],
    'is in a gzip file, with one that is not compressed right behind it': [
      async () => Buffer.concat([await gzipFile(first), plain, Buffer.alloc(99)]),
      'imgname=first\n',
    ],
    'is in the last of three that follow one another without zeros': [
      async () => Buffer.concat([await gzipFile(first), plain, await gzipFile(plain, 3), await gzipFile(second, 2)]),
      'imgname=second\n',
    ],
    'is not that of an archive that something else precedes': [
      () => gzip(Buffer.concat([plain, Buffer.from('junk'), second])),
      'no board.conf',
    ],
    'is the same with something else behind it': [
      () => gzip(Buffer.concat([second, Buffer.from('07070 is no member')])),
      'imgname=second\n',
    ],
    'is none where the last one is larger than any': [
      () =>
        gzip(
          Buffer.concat([
            first,
            newcArchive([{ name: 'board.conf', mode: FILE, content: Buffer.alloc(70_000, '#') }], 0),
          ]),
        ),
      'no board.conf',
    ],
  };
  for (const [what, [payload, found]] of Object.entries(cases)) {
    test(`have a board.conf that ${what}`, async () => {
      const confs = await confsIn(await payload());
      if (what.endsWith('larger than any')) confs.delete('#'.repeat(70_000)); // the view shows any file
      deepEqual([...confs], [found]);
    });
  }

  test('cannot be told where something else stands between them', async () => {
    const noMultiple = Buffer.alloc(9 - (gzip(first).length % 4));
    for (const payload of [
      Buffer.concat([await gzipFile(first), Buffer.from('junk')]),
      Buffer.concat([await gzipFile(first, 1), second]),
      Buffer.concat([first, Buffer.from('junk'), second]),
      Buffer.concat([gzip(first), Buffer.alloc(4), Buffer.from('junk')]),
      Buffer.concat([gzip(first), noMultiple, second]),
    ]) {
      const initramfs = await mkimage(payload);
      for (const bytes of [1, 7, 512, initramfs.length]) {
        equal(await readInitramfs(streamOf(initramfs, bytes)), 'gzip damaged');
        await rejects(seenIn(initramfs, bytes), DamagedVolume);
      }
    }
  });

  const damaged: Record<string, [payload: () => Buffer, fault: InitramfsFault]> = {
    'is cut off': [() => Buffer.concat([first, second.subarray(0, 300)]), 'cpio cut'],
    'is cut off in its first header': [() => Buffer.concat([first, second.subarray(0, 50)]), 'cpio cut'],
    'has a damaged header': [() => Buffer.concat([first, changedAt(second, 6 + 11 * 8)]), 'cpio damaged'],
    'begins at no multiple of four bytes': [() => Buffer.concat([first, Buffer.alloc(2), second]), 'cpio damaged'],
  };
  for (const [what, [payload, fault]] of Object.entries(damaged)) {
    test(`are damaged where the second ${what}, for the check as for the view`, async () => {
      const initramfs = await mkimage(gzip(payload()));
      for (const bytes of [1, 7, 512, initramfs.length]) {
        equal(await readInitramfs(streamOf(initramfs, bytes)), fault);
        await rejects(seenIn(initramfs, bytes), DamagedVolume);
      }
    });
  }

  for (const format of ['bin', 'hpbin', 'odc', 'hpodc']) {
    test(`are told to be of another format where the first is one of cpio's ${format}`, async () => {
      const other = await archiveOf(format, { 'board.conf': 'imgname=other\n' }, format);
      const initramfs = await mkimage(gzip(other));
      for (const bytes of [1, 7, 512, initramfs.length]) {
        equal(await readInitramfs(streamOf(initramfs, bytes)), 'cpio of another format');
        await rejects(seenIn(initramfs, bytes), /the cpio archive is not in the format newc/);
      }
    });
  }

  function changedAt(bytes: Buffer, at: number): Buffer {
    const copy = Buffer.from(bytes);
    copy.write('x', at);
    return copy;
  }
});
