import { Readable } from 'node:stream';
import type { Disk } from './disk.ts';
import { FatVolume } from './fat-volume.ts';
import type { Partition } from './partitions.ts';

/** A file in the root folder of the FAT file system on `partition` of `disk`; reading it fails where it can't be read. */
export async function openBootFile(disk: Disk, partition: Partition, name: string): Promise<Readable> {
  const volume = await FatVolume.open(disk, partition);
  const file = await volume.find(name);
  if (file === undefined) throw new Error(`there is no ${name}`);
  return Readable.from(volume.read(file));
}
