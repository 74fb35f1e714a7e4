import type { Disk } from './disk.ts';
import { SECTOR_BYTES } from './partitions.ts';

/** UEFI 2.10, section 5.3.2, table 5.5: the header, in the second sector, and where it tells of the partition entries. */
const SIGNATURE = 'EFI PART';
const ENTRIES_AT = 72;
const ENTRY_COUNT_AT = 80;
const ENTRY_BYTES_AT = 84;

/** Section 5.3.3, table 5.6: an entry has a type of zeros where it is unused; its last sector. */
const TYPE_BYTES = 16;
const LAST_SECTOR_AT = 40;
const LEAST_ENTRY_BYTES = 128;

/** As many as any disk has: 128 entries of 128 bytes take 16 KiB. */
const MOST_TABLE_BYTES = 1024 * 1024;

/**
 * The byte behind the last partition of a GUID partition table; 0 where there is no table that could be read.
 * @throws what reading the disk may throw.
 */
export async function readGptEnd(disk: Disk): Promise<number> {
  const header = await readUpTo(disk, SECTOR_BYTES, SECTOR_BYTES);
  if (header.length < SECTOR_BYTES || header.toString('latin1', 0, SIGNATURE.length) !== SIGNATURE) return 0;
  const start = bytesOf(header.readBigUInt64LE(ENTRIES_AT));
  const entryBytes = header.readUInt32LE(ENTRY_BYTES_AT);
  const tableBytes = header.readUInt32LE(ENTRY_COUNT_AT) * entryBytes;
  if (entryBytes < LEAST_ENTRY_BYTES || tableBytes > MOST_TABLE_BYTES) return 0;
  const table = await readUpTo(disk, tableBytes, start);
  let end = 0;
  for (let at = 0; at + entryBytes <= table.length; at += entryBytes) {
    const isUnused = table.subarray(at, at + TYPE_BYTES).every((byte) => byte === 0);
    if (!isUnused) end = Math.max(end, bytesOf(table.readBigUInt64LE(at + LAST_SECTOR_AT) + 1n));
  }
  return end;
}

async function readUpTo(disk: Disk, length: number, position: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, await disk.read(bytes, position));
}

/** A damaged table may tell of more sectors than a number can. */
function bytesOf(sectors: bigint): number {
  return Math.min(Number(sectors) * SECTOR_BYTES, Number.MAX_SAFE_INTEGER);
}
