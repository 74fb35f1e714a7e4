import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { Readable } from 'node:stream';
import { suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { readBoardConf } from '../../src/contents/initramfs.ts';
import { boardConfOf, makeInitramfs, ubootRamdisk } from '../fixtures/disk-image.ts';
import { FILE, newcArchive } from '../fixtures/newc-archive.ts';
import { numbers } from '../images/zstd-files.ts';
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
    deepEqual(await readBoardConf(streamOf(makeInitramfs(CONTENT))), { text: CONF });
  });

  test('is found in chunks of any size', async () => {
    const initramfs = makeInitramfs(CONTENT);
    for (const bytes of [1, 2, 63, 64, 65, 127, initramfs.length]) {
      deepEqual(await readBoardConf(streamOf(initramfs, bytes)), { text: CONF });
    }
  });

  test('is found behind much else', async () => {
    deepEqual(await readBoardConf(streamOf(makeInitramfs({ ...CONTENT, ballast: 8 * MIB }))), { text: CONF });
  });

  test('is found when the initramfs is damaged behind it', async () => {
    const entries = [
      { name: './board.conf', mode: FILE, content: Buffer.from(CONF) },
      { name: './lib', mode: FILE, content: Buffer.from(numbers(300_000)) },
    ];
    const payload = gzipSync(newcArchive(entries, 0));
    payload.fill(0xff, payload.length >> 1);
    deepEqual(await readBoardConf(streamOf(ubootRamdisk(payload))), { text: CONF });
  });

  test('ends the reading: no more is asked for than was on its way', async () => {
    let asked = 0;
    const failure = new Error('read too far');
    const stream = new Readable({
      read() {
        asked++;
        if (asked === 1) this.push(makeInitramfs(CONTENT));
        else if (asked < 10) this.push(Buffer.alloc(1024 * 64));
        else this.destroy(failure);
      },
    });
    deepEqual(await readBoardConf(stream), { text: CONF });
    ok(stream.destroyed);
  });

  test('is not there when the archive has none', async () => {
    equal(await readBoardConf(streamOf(makeInitramfs({ ...CONTENT, boardConf: null }))), 'no board.conf');
    equal(await readBoardConf(streamOf(makeInitramfs({ ...CONTENT, boardConf: null, ballast: MIB }))), 'no board.conf');
    equal(await readBoardConf(streamOf(ubootRamdisk(gzipSync('no archive')))), 'no board.conf');
    equal(await readBoardConf(streamOf(ubootRamdisk(gzipSync('')))), 'no board.conf');
  });

  test('is none when it is longer than any is', async () => {
    const boardConf = '# much to say\n'.repeat(10_000);
    equal(await readBoardConf(streamOf(makeInitramfs({ ...CONTENT, boardConf }))), 'no board.conf');
  });

  test('is not looked for in what is no U-Boot image', async () => {
    const payload = makeInitramfs(CONTENT).subarray(64);
    for (const bytes of [payload, payload.subarray(0, 63), Buffer.alloc(0), Buffer.alloc(100_000)]) {
      equal(await readBoardConf(streamOf(bytes)), 'no U-Boot image');
    }
  });

  test('can not be read when the payload is no gzip, or a damaged one', async () => {
    equal(await readBoardConf(streamOf(ubootRamdisk(Buffer.from('no gzip at all')))), 'unreadable');
    equal(await readBoardConf(streamOf(ubootRamdisk(Buffer.alloc(MIB)))), 'unreadable');
    const initramfs = makeInitramfs({ ...CONTENT, ballast: MIB });
    equal(await readBoardConf(streamOf(initramfs.subarray(0, -100_000))), 'unreadable');
    equal(await readBoardConf(streamOf(initramfs.subarray(0, 64))), 'unreadable');
    initramfs.fill(0xff, 300_000, 301_000);
    equal(await readBoardConf(streamOf(initramfs)), 'unreadable');
  });

  test('is not told when the stream fails: the failure is', async () => {
    const failure = new Error('a bad sector');
    const failing = async function* () {
      yield makeInitramfs({ ...CONTENT, ballast: MIB }).subarray(0, 500_000);
      throw failure;
    };
    await rejects(readBoardConf(Readable.from(failing())), failure);
  });

  test('is told or not, however it is damaged, without failing', { timeout: 60_000 }, async () => {
    const initramfs = makeInitramfs({ ...CONTENT, ballast: 2000 });
    const changes = fc.array(fc.tuple(fc.nat(initramfs.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(changes, fc.integer({ min: 1, max: 3000 }), async (places, chunkBytes) => {
        const damaged = Buffer.from(initramfs);
        for (const [at, value] of places) damaged.writeUInt8(value, at);
        const found = await readBoardConf(streamOf(damaged, chunkBytes));
        ok(typeof found === 'object' || ['no U-Boot image', 'no board.conf', 'unreadable'].includes(found));
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});
