import type { Disk } from '../../src/contents/disk.ts';
import { type Partition, parsePartitions, SECTOR_BYTES } from '../../src/contents/partitions.ts';
import type { DiskContent } from '../fixtures/disk-image.ts';

/** A box as most tests have it. */
export const CONTENT: DiskContent = {
  box: 'docker-box',
  board: 'odroid-c4',
  branch: 'main',
  buildId: '0123456789abcdef'.repeat(4),
};

/** What its board.conf says. */
export const CONF = {
  box: 'docker-box',
  board: 'odroid-c4',
  branch: 'main',
  buildId: CONTENT.buildId,
  arch: 'aarch64',
  storageDevice: '/dev/mmcblk0',
  updateServer: 'http://update.lab.home.arpa:8080',
  domain: 'lab.home.arpa',
};

/** An image in memory. */
export function diskOf(image: Buffer): Disk {
  return {
    size: image.length,
    read: async (buffer, position) => {
      if (position < 0) throw new RangeError(`there is no byte ${position}`);
      return position < image.length ? image.copy(buffer, 0, position) : 0;
    },
  };
}

/** The boot partition of an image. */
export function bootOf(image: Buffer): Partition {
  return partitionOf(image, 0);
}

/** The root partition of an image. */
export function rootOf(image: Buffer): Partition {
  return partitionOf(image, 1);
}

function partitionOf(image: Buffer, index: number): Partition {
  const partition = parsePartitions(image.subarray(0, SECTOR_BYTES))?.[index];
  if (partition === undefined) throw new Error('no partition');
  return partition;
}

/** Where a FAT32 volume in an image has its parts, in bytes from the image's beginning. */
export function partsOf(image: Buffer) {
  const { start } = bootOf(image);
  const sector = image.subarray(start, start + SECTOR_BYTES);
  const tableBytes = sector.readUInt32LE(36) * SECTOR_BYTES;
  const table = start + sector.readUInt16LE(14) * SECTOR_BYTES;
  const data = table + sector.readUInt8(16) * tableBytes;
  const clusterBytes = sector.readUInt8(13) * SECTOR_BYTES;
  return { start, table, tableBytes, root: data, clusterAt: (number: number) => data + (number - 2) * clusterBytes };
}

/** Where the root folder has the short entry of the file that begins with these characters. */
export function entryAt(image: Buffer, shortName: string): number {
  const at = image.indexOf(shortName, partsOf(image).root, 'latin1');
  if (at === -1) throw new Error(`no ${shortName}`);
  return at;
}
