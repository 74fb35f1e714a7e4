import { type BoardConf, parseBoardConf } from './board-conf.ts';
import { openBootFile } from './boot-file.ts';
import type { Disk } from './disk.ts';
import { type InitramfsFault, readBoardConf } from './initramfs.ts';
import { type Partition, parsePartitions, partitionsEnd, SECTOR_BYTES } from './partitions.ts';

/** What was found in an image, as far as it could be read. */
export interface ImageContents {
  /** The byte behind the last partition; undefined where there is no partition table. */
  readonly partitionsEnd?: number;
  readonly boardConf?: BoardConf;
  /** Why there is no `boardConf`. */
  readonly fault?: ContentsFault;
}

/** What kept `board.conf` from being read. */
export type ContentsFault = 'no partition table' | 'no boot partition' | 'no initramfs' | InitramfsFault;

/** The first partition of an image, which boards boot from, whatever its type: mkbox makes a FAT one of type 0x83. */
export function bootPartition(partitions: readonly Partition[]): Partition | undefined {
  return partitions.find(({ number }) => number === 1);
}

/**
 * Looks into an image: its partition table, and in the boot partition's initramfs its `board.conf`. What is missing or
 * damaged is told, not thrown.
 * @throws what reading the disk's first sector may throw.
 */
export async function readContents(disk: Disk): Promise<ImageContents> {
  const sector = Buffer.alloc(SECTOR_BYTES);
  const count = await disk.read(sector, 0);
  const partitions = parsePartitions(sector.subarray(0, count));
  if (partitions === undefined) return { fault: 'no partition table' };
  const end = { partitionsEnd: partitionsEnd(partitions) };
  const boot = bootPartition(partitions);
  if (boot === undefined) return { ...end, fault: 'no boot partition' };
  const conf = await readConf(disk, boot);
  return typeof conf === 'string' ? { ...end, fault: conf } : { ...end, boardConf: conf };
}

async function readConf(disk: Disk, boot: Partition): Promise<BoardConf | ContentsFault> {
  try {
    const found = await readBoardConf(await openBootFile(disk, boot, 'initramfs'));
    return typeof found === 'string' ? found : parseBoardConf(found.text);
  } catch {
    return 'no initramfs'; // no FAT file system, no such file in it, or one that can't be followed to its end
  }
}
