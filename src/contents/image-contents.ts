import { type BoardConf, parseBoardConf } from './board-conf.ts';
import type { ContentsFault } from './contents-fault.ts';
import { DamagedVolume } from './damaged-volume.ts';
import type { Disk } from './disk.ts';
import { holdsExt } from './ext-superblock.ts';
import { FatVolume } from './fat-volume.ts';
import { readGptEnd } from './gpt.ts';
import { readInitramfs } from './initramfs.ts';
import { isGpt, type Partition, parsePartitions, partitionsEnd, SECTOR_BYTES } from './partitions.ts';

/** What was found in an image. */
export interface ImageContents {
  /** The byte behind the last partition; undefined where there is no partition table. */
  readonly partitionsEnd?: number;
  readonly boardConf?: BoardConf;
  /** Why a board could not boot it, or would never ask again, in the order in which it would meet them. */
  readonly faults: readonly ContentsFault[];
}

/** An initramfs has some 10 MB; one in clusters of 512 bytes takes a second or two to read. */
export const LARGEST_INITRAMFS_BYTES = 256 * 1024 ** 2;

/** The partition that boards boot from: the first, whatever type it says it has. */
export function bootPartition(partitions: readonly Partition[]): Partition | undefined {
  return partitions.find(({ number }) => number === 1);
}

/** The partition that holds the root file system: the second. */
export function rootPartition(partitions: readonly Partition[]): Partition | undefined {
  return partitions.find(({ number }) => number === 2);
}

/**
 * Looks into an image: its partition table, the boot partition's initramfs to its end with the `board.conf` in it, and
 * the root partition's superblock. Missing or damaged parts are returned, not thrown.
 * @throws what reading the disk may throw.
 */
export async function readContents(disk: Disk): Promise<ImageContents> {
  const sector = Buffer.alloc(SECTOR_BYTES);
  const count = await disk.read(sector, 0);
  const partitions = parsePartitions(sector.subarray(0, count));
  if (partitions === undefined) return { faults: ['no partition table'] };
  const end = { partitionsEnd: partitionsEnd(partitions) };
  if (isGpt(partitions)) {
    return { partitionsEnd: Math.max(end.partitionsEnd, await readGptEnd(disk)), faults: ['GPT'] };
  }
  const root = rootPartition(partitions);
  const rootFaults = root !== undefined && (await holdsExt(disk, root)) ? [] : ['no root file system' as const];
  const conf = await readBoot(disk, bootPartition(partitions));
  if (typeof conf === 'string') return { ...end, faults: [conf, ...rootFaults] };
  return { ...end, boardConf: conf, faults: rootFaults };
}

async function readBoot(disk: Disk, boot: Partition | undefined): Promise<BoardConf | ContentsFault> {
  const volume = boot && (await FatVolume.open(disk, boot));
  if (volume === undefined) return 'no FAT';
  try {
    const file = await volume.find('initramfs');
    if (file === undefined) return 'no initramfs';
    if (file.bytes > LARGEST_INITRAMFS_BYTES) return 'initramfs too large';
    const found = await readInitramfs(volume.read(file));
    return typeof found === 'string' ? found : parseBoardConf(found.boardConf);
  } catch (error) {
    if (error instanceof DamagedVolume) return 'boot partition damaged';
    throw error;
  }
}
