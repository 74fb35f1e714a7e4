import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { Readable } from 'node:stream';
import { suite, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type InitramfsFault, readInitramfs } from '../../src/contents/initramfs.ts';
import { boardConfOf, makeInitramfs, ubootRamdisk } from '../fixtures/disk-image.ts';
import { FILE, newcArchive } from '../fixtures/newc-archive.ts';
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

  test('is not told when the stream fails: the failure is', async () => {
    const failure = new Error('a bad sector');
    const failing = async function* () {
      yield makeInitramfs({ ...CONTENT, ballast: MIB }).subarray(0, 500_000);
      throw failure;
    };
    await rejects(readInitramfs(Readable.from(failing())), failure);
  });

  test('is told or not, however it is damaged, without failing', { timeout: 60_000 }, async () => {
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
    'is a bare gzip file': [ballast.subarray(64), 'U-Boot magic'],
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
  for (const [what, [initramfs, fault]] of Object.entries(faults)) {
    test(`is '${fault}' when it ${what}, in chunks of any size`, async () => {
      for (const bytes of [333, 64 * 1024, Math.max(1, initramfs.length)]) {
        equal(await readInitramfs(streamOf(initramfs, bytes)), fault);
      }
    });
  }

  test('is told in a second or two when it unpacks to gigabytes', { timeout: 60_000 }, async () => {
    const zeros = gzipSync(Buffer.alloc(64 * MIB));
    const initramfs = ubootRamdisk(Buffer.concat(Array.from({ length: 64 }, () => zeros)));
    const begun = performance.now();
    const sound = gzipSync(newcArchive([{ name: 'zeros', mode: FILE, content: Buffer.alloc(600 * MIB) }], 0), {
      level: 1,
    });
    const packedMs = performance.now() - begun;
    const before = performance.now();
    equal(await readInitramfs(streamOf(initramfs)), 'unpacks to too much');
    equal(await readInitramfs(streamOf(ubootRamdisk(sound))), 'unpacks to too much');
    ok(performance.now() - before < 2 * packedMs + 10_000);
  });
});
