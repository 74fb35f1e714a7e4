import { deepEqual, equal, ok } from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { FrameScanner, LARGEST_WINDOW_BYTES } from '../../../src/images/zstd/frame-scanner.ts';
import { numbers, skippableFrame, wideFrame, zstdFrame } from '../zstd-files.ts';

/** Gives the chunks to a scanner, and puts together the pieces that it answers. */
function scan(chunks: readonly Buffer[]) {
  const scanner = new FrameScanner();
  const frames: Buffer[][] = [];
  let isOpen = false;
  for (const chunk of chunks) {
    for (const { bytes, isFirst, isLast } of scanner.push(chunk)) {
      equal(isFirst, !isOpen, 'a frame begins where the one before it has ended, and nowhere else');
      if (isFirst) frames.push([]);
      frames.at(-1)?.push(Buffer.from(bytes));
      isOpen = !isLast;
    }
  }
  scanner.finish();
  return { scanner, isOpen, frames: frames.map((pieces) => Buffer.concat(pieces)) };
}

function damageOf(zst: Buffer) {
  return scan([zst]).scanner.damage;
}

/** `zst` in chunks that end at these bytes of it. */
function cut(zst: Buffer, ends: readonly number[]): Buffer[] {
  const places = [0, ...[...ends].sort((a, b) => a - b), zst.length];
  return places.slice(1).map((end, index) => zst.subarray(places[index], end));
}

/** What does not compress, what does, and what is all the same: blocks of all three types. */
const MIXED = Buffer.concat([Buffer.from(Array.from({ length: 3000 }, (_, n) => (n * n * 31) >> 3)), numbers(2000)]);
const FRAMES = [
  zstdFrame(MIXED),
  zstdFrame(Buffer.alloc(300_000), { hasChecksum: false }),
  zstdFrame(Buffer.alloc(0)),
  zstdFrame(numbers(300), { isSized: false, hasChecksum: false }),
];
const SKIPPABLES = [skippableFrame(Buffer.from('head')), skippableFrame(Buffer.alloc(0), 15), skippableFrame(MIXED, 7)];
const FILE = Buffer.concat(
  [
    ...[SKIPPABLES[0], FRAMES[0], FRAMES[1], SKIPPABLES[1], SKIPPABLES[2]],
    ...[FRAMES[2], FRAMES[3], SKIPPABLES[2]],
  ].map((part) => part ?? Buffer.alloc(0)),
);

suite('the frames of a zstd file', () => {
  test('are found whole, and those that decoders skip leave no bytes', () => {
    const { frames, isOpen, scanner } = scan([FILE]);
    deepEqual(frames, FRAMES);
    ok(!isOpen);
    equal(scanner.damage, undefined);
  });

  test('are the same however the file is cut into chunks', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(FILE.length), { maxLength: 40 }), (ends) => {
        const { frames, isOpen, scanner } = scan(cut(FILE, ends));
        deepEqual(frames, FRAMES);
        ok(!isOpen && scanner.damage === undefined);
      }),
    );
  });

  test('are the same when the file comes byte by byte', () => {
    const zst = Buffer.concat([zstdFrame(numbers(100)), skippableFrame(Buffer.from('x')), zstdFrame(numbers(50))]);
    deepEqual(scan([...zst].map((byte) => Buffer.from([byte]))).frames, [
      zstdFrame(numbers(100)),
      zstdFrame(numbers(50)),
    ]);
  });

  test('are counted, and so are those that end with a checksum', () => {
    const { scanner } = scan([FILE]);
    deepEqual([scanner.frames, scanner.checksummedFrames], [4, 2]);
  });

  test('tell the largest window that they ask for', () => {
    const [short, long] = [wideFrame(MIXED, 17), wideFrame(MIXED, 24)];
    equal(scan([long]).scanner.windowBytes, 2 ** 24);
    equal(scan([Buffer.concat([short, long, short])]).scanner.windowBytes, 2 ** 24);
  });

  test('that are one segment ask for as much as their content has', () => {
    equal(scan([zstdFrame(MIXED)]).scanner.windowBytes, MIXED.length);
  });

  test('tell eighths of a power of two, too', () => {
    const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, (10 << 3) | 3, 0x01, 0x00, 0x00]);
    const { scanner } = scan([header]);
    deepEqual([scanner.windowBytes, scanner.damage], [2 ** 20 + 3 * 2 ** 17, undefined]);
  });
});

suite('what keeps a zstd file from being decompressed', () => {
  const first = zstdFrame(numbers(20));
  const two = Buffer.concat([first, zstdFrame(numbers(30), { hasChecksum: false })]);

  test('is its end, wherever that is but behind a frame', () => {
    for (let length = 0; length < two.length; length++) {
      const expected = length === first.length ? undefined : { problem: 'truncated', at: length };
      deepEqual(damageOf(two.subarray(0, length)), expected, `cut off at ${length}`);
    }
    equal(damageOf(two), undefined);
  });

  test('is its end within a frame that decoders skip', () => {
    const zst = Buffer.concat([first, skippableFrame(Buffer.from('some bytes')).subarray(0, -1)]);
    deepEqual(damageOf(zst), { problem: 'truncated', at: zst.length });
  });

  const others: readonly [what: string, bytes: Buffer][] = [
    ['text', Buffer.from('a build log')],
    ['zeros', Buffer.alloc(512)],
    ['gzip', Buffer.from('1f8b0800', 'hex')],
    ['a byte', Buffer.from('\n')],
    ['half a magic number and something else', Buffer.from('28b500', 'hex')],
  ];
  for (const [what, bytes] of others) {
    test(`is that it is ${what}`, () => deepEqual(damageOf(bytes), { problem: 'not zstd', at: 0 }));

    test(`is ${what} behind its last frame`, () => {
      deepEqual(damageOf(Buffer.concat([two, bytes])), { problem: 'trailing bytes', at: two.length });
    });
  }

  test('is a window that zstdcat does not take', () => {
    const largest = wideFrame(MIXED, 27);
    equal(scan([largest]).scanner.windowBytes, LARGEST_WINDOW_BYTES);
    equal(damageOf(largest), undefined);
    const larger = Buffer.from(largest);
    larger.writeUInt8((17 << 3) | 1, 5);
    const zst = Buffer.concat([first, larger]);
    deepEqual(damageOf(zst), { problem: 'window too large', at: first.length });
  });

  test('is a block of the type that is reserved, told by its frame', () => {
    const zst = Buffer.concat([first, zstdFrame(numbers(30), { isSized: false })]);
    const blockAt = first.length + 6;
    zst.writeUInt8(zst.readUInt8(blockAt) | 0b110, blockAt);
    deepEqual(damageOf(zst), { problem: 'corrupt', at: first.length });
  });

  test('ends the scan: what comes behind it is not looked at', () => {
    const scanner = new FrameScanner();
    deepEqual([...scanner.push(Buffer.from('a build log'))], []);
    deepEqual([...scanner.push(first)], []);
    scanner.finish();
    deepEqual([scanner.frames, scanner.damage], [0, { problem: 'not zstd', at: 0 }]);
  });

  test('is found at the same place however the file is cut into chunks', () => {
    const damaged = fc.tuple(fc.nat(FILE.length - 1), fc.nat(255)).map(([at, value]) => {
      const zst = Buffer.from(FILE);
      zst.writeUInt8(value, at);
      return zst;
    });
    fc.assert(
      fc.property(damaged, fc.array(fc.nat(FILE.length), { maxLength: 20 }), (zst, ends) => {
        const [whole, parts] = [scan([zst]), scan(cut(zst, ends))];
        deepEqual(parts.scanner.damage, whole.scanner.damage);
        deepEqual([parts.scanner.frames, parts.scanner.windowBytes], [whole.scanner.frames, whole.scanner.windowBytes]);
      }),
    );
  });
});
