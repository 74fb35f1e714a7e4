import { open } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { readRootFile } from './fat32.ts';
import { fileInCpio } from './newc.ts';

/** Of an MBR: the table's first entry, in which bytes 8 to 11 are the partition's first sector. */
const FIRST_PARTITION_ENTRY = 446;
const SECTOR_BYTES = 512;

/** U-Boot's legacy header before the payload of an image, and the magic it begins with. */
const UBOOT_HEADER_BYTES = 64;
const UBOOT_MAGIC = 0x27051956;

/**
 * The board.conf that a board finds when it starts what is on `disk`: in the cpio archive in the gzip file in the U-Boot
 * image `initramfs` on the first partition. Written apart from `src/`, so that neither can hide a fault of the other.
 */
export async function readFlashedConf(disk: string): Promise<string> {
  await using file = await open(disk);
  const read = async (position: number, length: number) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
    if (bytesRead < length) throw new Error(`${disk} ends before byte ${position + length}`);
    return buffer;
  };
  const mbr = await read(0, SECTOR_BYTES);
  if (mbr.readUInt16BE(510) !== 0x55aa) throw new Error(`${disk} has no MBR`);
  const start = mbr.readUInt32LE(FIRST_PARTITION_ENTRY + 8) * SECTOR_BYTES;
  const initramfs = await readRootFile((position, length) => read(start + position, length), 'initramfs');
  if (initramfs.readUInt32BE(0) !== UBOOT_MAGIC) throw new Error(`the initramfs on ${disk} is no U-Boot image`);
  return fileInCpio(gunzipSync(initramfs.subarray(UBOOT_HEADER_BYTES)), 'board.conf').toString('utf8');
}
