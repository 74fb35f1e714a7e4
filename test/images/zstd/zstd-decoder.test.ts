import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { suite, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { encodeSeekTable } from '../../../src/images/zstd/seek-table.ts';
import { DECODING_LIMITS, type DecodingLimits, decodeZstd } from '../../../src/images/zstd/zstd-decoder.ts';
import { processorMs } from '../../processor-time.ts';
import { requireTools } from '../../tools/tools.ts';
import { sha256 } from '../image-sets.ts';
import { noise, numbers, pinnedFile, skippableFrame, wideFrame, zstdFrame } from '../zstd-files.ts';

const { pzstd } = requireTools('pzstd');
const FIXTURES = path.join(import.meta.dirname, '..', '..', 'fixtures', 'zstd');

/** More than is read at a time, and more than is decompressed at a time, by far. */
const LARGE = Buffer.concat([numbers(400_000), noise(5_000_000), Buffer.alloc(20_000_000)]);

/** Decompresses a file with these bytes; both sinks' bytes, put together. */
async function decode(zst: Buffer) {
  await using opened = await pinnedFile(zst);
  const [read, content]: [Buffer[], Buffer[]] = [[], []];
  const onRead = (bytes: Buffer) => void read.push(Buffer.from(bytes));
  const onContent = (bytes: Buffer) => void content.push(Buffer.from(bytes));
  const result = await decodeZstd(opened.file, { onRead, onContent });
  ok(Buffer.concat(read).equals(zst), 'all bytes of the file, in order');
  return { result, content: Buffer.concat(content) };
}

const SMALL = numbers(20_000);
const SEEKABLE = [SMALL.subarray(0, 70_000), SMALL.subarray(70_000)].map((part) => zstdFrame(part));

suite('a zstd file is decompressed to its end', () => {
  const note = skippableFrame(Buffer.from('a note'));
  const [front, back] = [zstdFrame(SMALL.subarray(0, 1000)), zstdFrame(SMALL.subarray(1000))];
  const files: Record<string, Buffer> = {
    'of one frame': zstdFrame(SMALL),
    'without a checksum': zstdFrame(SMALL, { hasChecksum: false }),
    'of unknown content size': zstdFrame(SMALL, { isSized: false }),
    'of several frames': Buffer.concat([front, zstdFrame(Buffer.alloc(0)), back]),
    'with a frame to skip at its beginning': Buffer.concat([note, front, back]),
    'with frames to skip in the middle': Buffer.concat([front, note, skippableFrame(Buffer.alloc(0)), back]),
    'with a frame to skip that is longer than what is read at a time': Buffer.concat([
      skippableFrame(noise(3_000_000)),
      zstdFrame(SMALL),
    ]),
    'with a frame to skip at its end': Buffer.concat([front, back, note]),
    'that asks for the largest window': wideFrame(SMALL, 27),
    'with a seek table': Buffer.concat([
      ...SEEKABLE,
      encodeSeekTable(SEEKABLE.map(({ length }, index) => ({ compressed: length, decompressed: index }))),
    ]),
    'of a thousand frames': Buffer.concat(
      Array.from({ length: 1000 }, (_, n) => zstdFrame(SMALL.subarray(n * 100, n === 999 ? undefined : n * 100 + 100))),
    ),
  };
  for (const [which, zst] of Object.entries(files)) {
    test(which, async () => {
      const { result, content } = await decode(zst);
      ok(content.equals(SMALL));
      ok(result !== undefined && 'frames' in result);
    });
  }

  test('that is much longer than what is held at a time', async () => {
    const { result, content } = await decode(zstdFrame(LARGE));
    ok(content.equals(LARGE));
    deepEqual(result, { frames: 1, isChecksummed: true, windowBytes: 2 ** 19 });
  });

  test('that pzstd wrote', async () => {
    const zst = execFileSync(pzstd, ['-q', '-c', '-p', '2', '-1'], { input: LARGE, maxBuffer: 2 ** 26 });
    const { result, content } = await decode(zst);
    ok(content.equals(LARGE));
    ok(result !== undefined && 'frames' in result && result.frames > 4 && result.isChecksummed);
  });

  test('that has nothing but frames to skip', async () => {
    const { result, content } = await decode(Buffer.concat([note, skippableFrame(Buffer.alloc(0))]));
    deepEqual([content.length, result], [0, { frames: 0, isChecksummed: true, windowBytes: 0 }]);
  });

  test('that has no content', async () => {
    const expected = { frames: 1, isChecksummed: true, windowBytes: 0 };
    deepEqual(await decode(zstdFrame(Buffer.alloc(0))), { result: expected, content: Buffer.alloc(0) });
  });

  test('and its frames, checksums and window are told', async () => {
    const wide = wideFrame(SMALL, 24);
    const plain = zstdFrame(SMALL, { hasChecksum: false });
    deepEqual((await decode(wide)).result, { frames: 1, isChecksummed: true, windowBytes: 2 ** 24 });
    deepEqual((await decode(Buffer.concat([wide, note, plain]))).result, {
      frames: 2,
      isChecksummed: false,
      windowBytes: 2 ** 24,
    });
  });

  test('by whichever program it was made', async () => {
    const expected = sha256(numbers(60_000));
    const names = (await readdir(FIXTURES)).filter((name) => name.endsWith('.zst'));
    equal(names.length, 8, 'as test/fixtures/make-zstd.sh makes them');
    for (const name of names) {
      const { result, content } = await decode(await readFile(path.join(FIXTURES, name)));
      equal(sha256(content), expected, name);
      ok(result !== undefined && 'frames' in result);
      equal(result.frames, name === 'parts.zst' ? 3 : 1, name);
      equal(result.isChecksummed, !['no-check.zst', 'parts.zst'].includes(name), name);
      if (name === 'long-stream.zst') equal(result.windowBytes, 2 ** 27);
    }
  });
});

suite('a damaged zstd file is told', () => {
  const first = zstdFrame(numbers(100));
  const second = zstdFrame(SMALL);
  const spoilt = (at: number) => {
    const frame = Buffer.from(second);
    frame.writeUInt8(frame.readUInt8(at) ^ 0xff, at);
    return Buffer.concat([first, frame, first]);
  };
  const corrupt = { problem: 'corrupt', at: first.length };

  test('by the byte where the frame begins that is spoilt', async () => {
    const { result, content } = await decode(spoilt(second.length >> 1));
    deepEqual(result, corrupt);
    ok(content.subarray(0, numbers(100).length).equals(numbers(100)), 'what is before it is decompressed');
  });

  test('when its content has not the checksum that it gives', async () => {
    deepEqual((await decode(spoilt(second.length - 1))).result, corrupt);
  });

  test('when its content has not the size that it gives', async () => {
    deepEqual((await decode(spoilt(6))).result, corrupt);
  });

  test('when it asks for a dictionary', async () => {
    const frame = Buffer.from(second);
    const parts = [frame.subarray(0, 5), Buffer.from([7]), frame.subarray(5)];
    frame.writeUInt8(frame.readUInt8(4) | 1, 4);
    deepEqual((await decode(Buffer.concat([first, ...parts, first]))).result, corrupt);
  });

  test('when it is spoilt where much is behind it, which is read all the same', async () => {
    const zst = Buffer.concat([spoilt(second.length >> 1), zstdFrame(LARGE)]);
    deepEqual((await decode(zst)).result, corrupt);
  });

  const others: Record<string, [zst: Buffer, damage: object]> = {
    'is empty': [Buffer.alloc(0), { problem: 'truncated', at: 0 }],
    'ends in a frame': [zstdFrame(LARGE).subarray(0, -1), { problem: 'truncated', at: zstdFrame(LARGE).length - 1 }],
    'is none': [Buffer.from('a build log\n'), { problem: 'not zstd', at: 0 }],
    'has something behind its last frame': [
      Buffer.concat([first, Buffer.from('\n')]),
      { problem: 'trailing bytes', at: first.length },
    ],
    'needs a larger window than zstdcat takes': [
      Buffer.concat([first, wideFrame(SMALL, 28)]),
      { problem: 'window too large', at: first.length },
    ],
  };
  for (const [what, [zst, damage]] of Object.entries(others)) {
    test(`when it ${what}`, async () => deepEqual((await decode(zst)).result, damage));
  }
});

suite('decompressing a file', () => {
  test('waits for whoever takes the content, and keeps the order', async () => {
    await using opened = await pinnedFile(zstdFrame(LARGE));
    let isTaking = false;
    const content: Buffer[] = [];
    const onContent = async (bytes: Buffer) => {
      ok(!isTaking);
      isTaking = true;
      for (let turn = 0; turn < 20; turn++) await setImmediate();
      content.push(Buffer.from(bytes));
      isTaking = false;
    };
    await decodeZstd(opened.file, { onRead() {}, onContent });
    ok(!isTaking);
    ok(Buffer.concat(content).equals(LARGE));
  });

  test('ends when it is aborted, with the reason given', async () => {
    await using opened = await pinnedFile(zstdFrame(LARGE));
    const abort = new AbortController();
    const reason = new Error('enough');
    let reads = 0;
    const onRead = () => {
      reads++;
      abort.abort(reason);
    };
    await rejects(decodeZstd(opened.file, { onRead, onContent() {} }, abort.signal), reason);
    equal(reads, 1);
  });

  test('ends when it is aborted, though much content is to come of few bytes', async () => {
    await using opened = await pinnedFile(zstdFrame(Buffer.alloc(LARGE.length)));
    const abort = new AbortController();
    let contents = 0;
    const onContent = () => {
      contents++;
      abort.abort();
    };
    await rejects(decodeZstd(opened.file, { onRead() {}, onContent }, abort.signal), { name: 'AbortError' });
    equal(contents, 1);
  });

  test('does not begin when it is aborted before', async () => {
    await using opened = await pinnedFile(zstdFrame(SMALL));
    const reason = new Error('enough');
    const sinks = { onRead: () => ok(false), onContent: () => ok(false) };
    await rejects(decodeZstd(opened.file, sinks, AbortSignal.abort(reason)), reason);
  });

  test('throws what its sinks throw, and calls neither any more', async () => {
    await using opened = await pinnedFile(zstdFrame(LARGE));
    const failure = new Error('a full disk');
    let calls = 0;
    const sink = () => {
      calls++;
    };
    const failing = () => {
      throw failure;
    };
    await rejects(decodeZstd(opened.file, { onRead: sink, onContent: failing }), failure);
    await rejects(decodeZstd(opened.file, { onRead: failing, onContent: sink }), failure);
    await rejects(decodeZstd(opened.file, { onRead: failing, onContent: failing }), failure);
    const before = calls;
    for (let turn = 0; turn < 20; turn++) await setImmediate();
    equal(calls, before);
  });

  test('answers nothing when the file becomes shorter meanwhile', async () => {
    await using opened = await pinnedFile(zstdFrame(LARGE));
    const onRead = () => truncateSync(opened.file.path, 100);
    equal(await decodeZstd(opened.file, { onRead, onContent() {} }), undefined);
  });

  test('reads no further than the file was long', async () => {
    const zst = zstdFrame(LARGE);
    await using opened = await pinnedFile(zst);
    let bytesRead = 0;
    const onRead = (bytes: Buffer) => {
      bytesRead += bytes.length;
      writeFileSync(opened.file.path, 'more', { flag: 'a' });
    };
    const result = await decodeZstd(opened.file, { onRead, onContent() {} });
    ok(result !== undefined && 'frames' in result);
    equal(bytesRead, zst.length);
  });
});

suite('the work that a zstd file makes is limited', () => {
  const frames = (count: number) => Buffer.concat(Array.from({ length: count }, () => first));
  const first = zstdFrame(Buffer.from('x'));

  async function decodeWithin(zst: Buffer, limits: Partial<DecodingLimits>) {
    await using opened = await pinnedFile(zst);
    let [readBytes, contentBytes] = [0, 0];
    const onRead = (bytes: Buffer) => {
      readBytes += bytes.length;
    };
    const onContent = (bytes: Buffer) => {
      contentBytes += bytes.length;
    };
    const result = await decodeZstd(opened.file, { onRead, onContent }, undefined, { ...DECODING_LIMITS, ...limits });
    equal(readBytes, zst.length); // its digest is told all the same
    return { result, contentBytes };
  }

  test('in frames', async () => {
    const { result } = await decodeWithin(frames(11), { frames: 10 });
    deepEqual(result, { problem: 'too many frames', at: 10 * first.length });
    deepEqual((await decodeWithin(frames(10), { frames: 10 })).result, {
      frames: 10,
      isChecksummed: true,
      windowBytes: 1,
    });
  });

  test('in content', async () => {
    const zst = Buffer.concat([first, zstdFrame(Buffer.alloc(20_000_000))]);
    const { result, contentBytes } = await decodeWithin(zst, { contentBytes: () => 20_000_000 });
    deepEqual(result, { problem: 'too much content', at: first.length });
    ok(contentBytes <= 20_000_000);
    const within = await decodeWithin(zst, { contentBytes: () => 20_000_001 });
    deepEqual(within.contentBytes, 20_000_001);
  });

  test('more for a larger file', () => {
    ok(DECODING_LIMITS.contentBytes(2 ** 30) > 2 ** 38);
    ok(DECODING_LIMITS.contentBytes(1000) < 5 * 2 ** 30);
  });

  test('so that half a million frames of a byte are told in some seconds', { timeout: 240_000 }, async () => {
    const zst = frames(500_000);
    const ms = await processorMs(async () => {
      const { result } = await decodeWithin(zst, {});
      ok(result !== undefined && 'problem' in result && result.problem === 'too many frames');
    });
    ok(ms < 30_000, `${ms} ms`);
  });
});
