/** A sector, the unit in which a partition table counts: 512 bytes. */
export const SECTOR_BYTES = 512;

/** A partition of an image. */
export interface Partition {
  /** From 1 to 4: its place in the table. */
  readonly number: number;
  /** What the table says of its content: 0x0c is FAT32, 0x83 a Linux file system. */
  readonly type: number;
  /** Bytes from the image's beginning. */
  readonly start: number;
  readonly bytes: number;
}

/** UEFI 2.10, section 5.2.1, table 5.1: where a master boot record has its table and its signature. */
const TABLE_AT = 446;
const ENTRY_BYTES = 16;
const ENTRIES = 4;
const SIGNATURE_AT = 510;
const SIGNATURE = 0xaa55;

/** Table 5.2: where an entry has its type, its first sector and its number of sectors. */
const TYPE_AT = 4;
const FIRST_SECTOR_AT = 8;
const SECTORS_AT = 12;

/** The partitions that an image's first sector names, in the table's order; undefined where it holds no table. */
export function parsePartitions(sector: Buffer): Partition[] | undefined {
  if (sector.length < SECTOR_BYTES || sector.readUInt16LE(SIGNATURE_AT) !== SIGNATURE) return undefined;
  const partitions: Partition[] = [];
  for (let index = 0; index < ENTRIES; index++) {
    const entry = sector.subarray(TABLE_AT + index * ENTRY_BYTES, TABLE_AT + (index + 1) * ENTRY_BYTES);
    const type = entry.readUInt8(TYPE_AT);
    const sectors = entry.readUInt32LE(SECTORS_AT);
    if (type === 0 || sectors === 0) continue;
    const start = entry.readUInt32LE(FIRST_SECTOR_AT) * SECTOR_BYTES;
    partitions.push({ number: index + 1, type, start, bytes: sectors * SECTOR_BYTES });
  }
  return partitions;
}

/** The type of a partition that stands for a GUID partition table (UEFI 2.10, section 5.2.3). */
const GPT_TYPE = 0xee;

/** Its sectors where it does not tell how large the disk is: they do not fit, or the maker always writes that. */
const UNTOLD_SECTORS = 0xffffffff;

/** Whether the table is there for old programs only, and the disk has a GUID partition table. */
export function isGpt(partitions: readonly Partition[]): boolean {
  return partitions.some(({ type }) => type === GPT_TYPE);
}

/** The byte behind the last partition that the table tells the end of: an image that ends before it is not whole. */
export function partitionsEnd(partitions: readonly Partition[]): number {
  const told = partitions.filter(({ type, bytes }) => type !== GPT_TYPE || bytes !== UNTOLD_SECTORS * SECTOR_BYTES);
  return Math.max(0, ...told.map(({ start, bytes }) => start + bytes));
}
