import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { encodeSeekTable } from '../../../src/images/zstd/seek-table.ts';
import { SeekableZstd } from '../../../src/images/zstd/seekable-zstd.ts';
import { noise, pinnedFile, zstdFrame } from '../zstd-files.ts';

const CONTENT = noise(10_000);
const FRAME_BYTES = 3000;

function seekable(content: Buffer, change: (table: Buffer) => void = () => {}): Buffer {
  const frames: Buffer[] = [];
  const sizes: { compressed: number; decompressed: number }[] = [];
  for (let at = 0; at < content.length; at += FRAME_BYTES) {
    const piece = content.subarray(at, at + FRAME_BYTES);
    const frame = zstdFrame(piece);
    frames.push(frame);
    sizes.push({ compressed: frame.length, decompressed: piece.length });
  }
  const table = encodeSeekTable(sizes);
  change(table);
  return Buffer.concat([...frames, table]);
}

suite('a zstd file with a seek table', () => {
  test('is read at any place', async () => {
    await using opened = await pinnedFile(seekable(CONTENT));
    const zstd = await SeekableZstd.open(opened.file);
    ok(zstd);
    equal(zstd.size, CONTENT.length);
    for (const [position, length] of [
      [0, 10],
      [2995, 10],
      [100, 9000],
      [9990, 100],
      [0, 20_000],
      [10_000, 1],
      [50_000, 1],
    ] as const) {
      const buffer = Buffer.alloc(length);
      const count = await zstd.read(buffer, position);
      deepEqual(buffer.subarray(0, count), CONTENT.subarray(position, position + length), `${position}`);
    }
  });

  test('has none where there is no table, or one that does not fit', async () => {
    const files = {
      'no table': zstdFrame(CONTENT),
      nothing: Buffer.alloc(0),
      'too many frames': seekable(CONTENT, (table) => table.writeUInt32LE(5000, table.length - 9)),
      'another length': seekable(CONTENT, (table) => table.writeUInt32LE(7, 8)),
      'reserved bits': seekable(CONTENT, (table) => table.writeUInt8(4, table.length - 5)),
    };
    for (const [what, bytes] of Object.entries(files)) {
      await using opened = await pinnedFile(bytes);
      equal(await SeekableZstd.open(opened.file), undefined, what);
    }
  });

  test('says that it is damaged where a frame is', async () => {
    const damaged = seekable(CONTENT);
    damaged.fill(0xff, 20, 60);
    await using opened = await pinnedFile(damaged);
    const zstd = await SeekableZstd.open(opened.file);
    await rejects(async () => zstd?.read(Buffer.alloc(10), 0), /is damaged: its frame at byte 0/);
    await using shorter = await pinnedFile(seekable(CONTENT, (table) => table.writeUInt32LE(2999, 12)));
    const other = await SeekableZstd.open(shorter.file);
    await rejects(async () => other?.read(Buffer.alloc(10), 0), /is damaged/);
  });
});
