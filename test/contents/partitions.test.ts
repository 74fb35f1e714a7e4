import { deepEqual, equal } from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parsePartitions, partitionsEnd } from '../../src/contents/partitions.ts';
import { makeDiskImage } from '../fixtures/disk-image.ts';
import { CONTENT } from './disks.ts';

/** A first sector with these entries in its table. */
function sectorWith(...entries: readonly { type: number; start: number; sectors: number }[]): Buffer {
  const sector = Buffer.alloc(512);
  for (const [index, { type, start, sectors }] of entries.entries()) {
    const at = 446 + 16 * index;
    sector.writeUInt8(type, at + 4);
    sector.writeUInt32LE(start, at + 8);
    sector.writeUInt32LE(sectors, at + 12);
  }
  sector.writeUInt16BE(0x55aa, 510);
  return sector;
}

suite('the partitions of an image', () => {
  test('are those that its first sector names', () => {
    const image = makeDiskImage(CONTENT);
    const partitions = parsePartitions(image.subarray(0, 512)) ?? [];
    deepEqual(partitions, [
      { number: 1, type: 0x83, start: 1_048_576, bytes: 69_632 * 512 },
      { number: 2, type: 0x83, start: (2048 + 69_632) * 512, bytes: 12_288 * 512 },
    ]);
    equal(partitionsEnd(partitions), image.length);
  });

  test('keep their numbers when entries between them are empty', () => {
    const empty = { type: 0, start: 1, sectors: 1 };
    const none = { type: 0x0c, start: 1, sectors: 0 };
    deepEqual(parsePartitions(sectorWith(empty, none, { type: 0x83, start: 8, sectors: 2 }, empty)), [
      { number: 3, type: 0x83, start: 4096, bytes: 1024 },
    ]);
  });

  test('may lie behind the first 4 GiB', () => {
    const largest = 2 ** 32 - 1;
    const partitions = parsePartitions(sectorWith({ type: 0x83, start: largest, sectors: largest })) ?? [];
    equal(partitionsEnd(partitions), 2 * largest * 512);
  });

  test('end where the one does that lies last, in whichever order they stand', () => {
    const partitions = parsePartitions(
      sectorWith({ type: 0x83, start: 100, sectors: 10 }, { type: 0x0c, start: 1, sectors: 20 }),
    );
    equal(partitionsEnd(partitions ?? []), 110 * 512);
  });

  test('end as that does that stands for a GPT, where it tells where that is', () => {
    const gpt = (sectors: number) => parsePartitions(sectorWith({ type: 0xee, start: 1, sectors })) ?? [];
    equal(partitionsEnd(gpt(99)), 100 * 512);
    equal(partitionsEnd(gpt(0xffffffff)), 0);
  });

  test('are none in a table without entries, which ends at the first byte', () => {
    deepEqual(parsePartitions(sectorWith()), []);
    equal(partitionsEnd([]), 0);
  });

  test('are not told by what has no table', () => {
    equal(parsePartitions(Buffer.alloc(512)), undefined);
    equal(parsePartitions(Buffer.alloc(0)), undefined);
    equal(parsePartitions(sectorWith().subarray(0, 511)), undefined);
  });
});
