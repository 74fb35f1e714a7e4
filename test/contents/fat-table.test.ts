import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Disk } from '../../src/contents/disk.ts';
import { FatVolume } from '../../src/contents/fat-volume.ts';

const SECTOR = 512;
/** Entries of a FAT32 table that are read at a time. */
const PER_PAGE = 1024;
/** Pages of the table that are kept. */
const KEPT = 1024;
const CLUSTERS = (KEPT + 200) * PER_PAGE;
const TABLE_AT = 32 * SECTOR;
const TABLE_BYTES = CLUSTERS * 4;
const BYTES = TABLE_AT + TABLE_BYTES + CLUSTERS * SECTOR;

/** A large volume, in which each cluster of a file is told of by another page of the table than the one before. */
class ScatteredVolume implements Disk {
  readonly size = BYTES;
  tableReads = 0;

  async read(buffer: Buffer, position: number): Promise<number> {
    if (position === 0) writeBootSector(buffer);
    else if (position < TABLE_AT + TABLE_BYTES) {
      this.tableReads++;
      const first = (position - TABLE_AT) / 4;
      for (let at = 0; at < buffer.length / 4; at++) buffer.writeUInt32LE(first + at + PER_PAGE, at * 4);
    }
    return buffer.length;
  }
}

function writeBootSector(sector: Buffer): void {
  sector.writeUInt16LE(SECTOR, 11);
  sector.writeUInt8(1, 13); // a sector per cluster
  sector.writeUInt16LE(TABLE_AT / SECTOR, 14);
  sector.writeUInt8(1, 16);
  sector.writeUInt32LE(BYTES / SECTOR, 32);
  sector.writeUInt32LE(TABLE_BYTES / SECTOR, 36);
  sector.writeUInt32LE(2, 44);
  sector.writeUInt16LE(0xaa55, 510);
}

test('of a large table of files, only so much is kept, though files are read at once', async () => {
  const disk = new ScatteredVolume();
  const volume = await FatVolume.open(disk, { number: 1, type: 0x0c, start: 0, bytes: BYTES });
  assert.ok(volume);
  /** Reads a file that needs `pages` pages of the table, from the one at `first` on. */
  const read = async (first: number, pages: number) => {
    const file = { name: 'file', isFolder: false, isReadOnly: false, modifiedAt: 0 };
    const pieces = volume.read({ ...file, cluster: 2 + first * PER_PAGE, bytes: (pages + 1) * SECTOR });
    for await (const _ of pieces);
  };
  await read(0, KEPT);
  await Promise.all([read(KEPT, 1), read(KEPT + 1, 1)]);
  await read(KEPT + 2, 150);
  const before = disk.tableReads;
  assert.equal(before, KEPT + 152);
  await read(0, 100);
  assert.equal(disk.tableReads - before, 100, 'those that were read first are kept no more');
});
