import { ENGLISH, type Words } from '../words.ts';
import type { Compression } from './compression.ts';
import { DamagedVolume } from './damaged-volume.ts';
import type { Disk } from './disk.ts';
import { ExtVolume } from './ext4/ext-volume.ts';
import { FatVolume } from './fat-volume.ts';
import { FileTree } from './file-tree.ts';
import { bootPartition, LARGEST_INITRAMFS_BYTES, rootPartition } from './image-contents.ts';
import { unpackInitramfs } from './initramfs-archive.ts';
import { type NewcRoot, readNewcTree } from './newc-tree.ts';
import { OtherCompression } from './packed-archives.ts';
import { isGpt, type Partition, parsePartitions, SECTOR_BYTES } from './partitions.ts';
import type { Mount } from './tree-walk.ts';

/** Where a board mounts its boot partition. */
const BOOT_FOLDER = 'boot';
const INITRAMFS = 'initramfs';

/** The files of an image. */
export interface RootTree {
  readonly tree: FileTree;
  /** The root file system was not unmounted: it is shown as it is on the disk, without what its journal holds. */
  readonly needsRecovery: boolean;
}

/** Why an image, or its initramfs, can't be looked into. */
export type TreesFault =
  | { readonly kind: 'no partition table' | 'GPT' | 'no boot file system' | 'no initramfs' }
  | { readonly kind: 'no second partition' | 'no root file system' }
  | { readonly kind: 'initramfs too large' }
  /** The initramfs is compressed with something that is not unpacked. */
  | { readonly kind: 'compressed'; readonly compression: Compression }
  /** A feature of the root file system that is not read. */
  | { readonly kind: 'unsupported'; readonly feature: string }
  | { readonly kind: 'damaged'; readonly reason: string };

/**
 * The files of an image as the board that runs it sees them: the root file system, with the boot partition at `/boot`.
 * @throws what reading the disk may throw.
 */
export async function openRootTree(disk: Disk): Promise<RootTree | TreesFault> {
  const partitions = await readPartitions(disk);
  if ('kind' in partitions) return partitions;
  const root = rootPartition(partitions);
  if (root === undefined) return { kind: 'no second partition' };
  const volume = await ExtVolume.open(disk, root);
  if (volume === undefined) return { kind: 'no root file system' };
  if (!(volume instanceof ExtVolume)) return volume;
  const boot = await openBoot(disk, partitions);
  const mounted: Mount | undefined = boot && { name: BOOT_FOLDER, root: boot.root() };
  return orDamage(async () => {
    const tree = new FileTree(await volume.root(), mounted);
    return { tree, needsRecovery: volume.needsRecovery };
  });
}

/**
 * The files of the initramfs on an image's boot partition.
 * @throws what reading the disk may throw.
 */
export async function openInitramfsTree(disk: Disk): Promise<FileTree | TreesFault> {
  const root = await openInitramfs(disk);
  return 'kind' in root ? root : new FileTree(root);
}

/**
 * The root folder of the initramfs on an image's boot partition.
 * @throws what reading the disk may throw.
 */
export async function openInitramfs(disk: Disk): Promise<NewcRoot | TreesFault> {
  const partitions = await readPartitions(disk);
  if ('kind' in partitions) return partitions;
  const volume = await openBoot(disk, partitions);
  if (volume === undefined) return { kind: 'no boot file system' };
  return orDamage(async () => {
    const file = await volume.find(INITRAMFS);
    if (file === undefined) return { kind: 'no initramfs' } as const;
    if (file.bytes > LARGEST_INITRAMFS_BYTES) return { kind: 'initramfs too large' } as const;
    return readNewcTree(() => unpackInitramfs(volume.read(file)));
  });
}

/** Why an image can't be looked into, in words. */
export function treesFaultText(fault: TreesFault, words: Words = ENGLISH): string {
  switch (fault.kind) {
    case 'no partition table':
      return words.t('there is no partition table');
    case 'GPT':
      return words.t('it has a GPT, which mkbox images do not have');
    case 'no second partition':
      return words.t('there is no second partition, where the root file system should be');
    case 'no root file system':
      return words.t('the second partition holds no ext2, ext3 or ext4 file system that fits into it');
    case 'no boot file system':
      return words.t('the first partition holds no FAT16 or FAT32 file system');
    case 'no initramfs':
      return words.t('there is no initramfs on the boot partition');
    case 'initramfs too large':
      return words.t('the initramfs is too large');
    case 'compressed':
      return words.t('the initramfs is compressed with {0}, and only gzip can be read', fault.compression);
    case 'unsupported':
      return words.t("the root file system uses a feature that can't be read: {0}", fault.feature);
    case 'damaged':
      return words.t('the file system is damaged: {0}', fault.reason);
  }
}

/** What there is to say of a root file system that needs recovery. */
export const RECOVERY_NOTE = 'the root file system was not unmounted: shown as it is on the disk';

async function readPartitions(disk: Disk): Promise<readonly Partition[] | TreesFault> {
  const sector = Buffer.alloc(SECTOR_BYTES);
  const count = await disk.read(sector, 0);
  const partitions = parsePartitions(sector.subarray(0, count));
  if (partitions === undefined) return { kind: 'no partition table' };
  return isGpt(partitions) ? { kind: 'GPT' } : partitions;
}

async function openBoot(disk: Disk, partitions: readonly Partition[]): Promise<FatVolume | undefined> {
  const boot = bootPartition(partitions);
  return boot && FatVolume.open(disk, boot);
}

async function orDamage<T>(open: () => Promise<T | TreesFault>): Promise<T | TreesFault> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof OtherCompression) return { kind: 'compressed', compression: error.compression };
    if (error instanceof DamagedVolume) return { kind: 'damaged', reason: error.message };
    throw error;
  }
}
