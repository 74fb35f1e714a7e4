import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { NewcSearch } from './newc.ts';

/** U-Boot's legacy image header (include/image.h, `struct legacy_img_hdr`): its length, and the magic it begins with. */
const UBOOT_HEADER_BYTES = 64;
const UBOOT_MAGIC = 0x27051956;

/** A board.conf has some ten lines. */
const CONF_LIMIT = 64 * 1024;

/** Why no board.conf comes out of an initramfs. */
export type InitramfsFault = 'no U-Boot image' | 'no board.conf' | 'unreadable';

/**
 * The text of `board.conf` in an initramfs as mkbox builds it: a U-Boot header, then a gzipped newc cpio. Nothing is
 * read past it. What the stream itself fails with is thrown.
 */
export async function readBoardConf(initramfs: Readable): Promise<{ readonly text: string } | InitramfsFault> {
  const gunzip = createGunzip();
  const unpacked = search(gunzip);
  unpacked.catch(() => {});
  let isHeadSeen = false;
  let head: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of initramfs as AsyncIterable<Buffer>) {
      let payload = chunk;
      if (!isHeadSeen) {
        head = Buffer.concat([head, chunk]);
        if (head.length < UBOOT_HEADER_BYTES) continue;
        if (head.readUInt32BE(0) !== UBOOT_MAGIC) return 'no U-Boot image';
        isHeadSeen = true;
        payload = head.subarray(UBOOT_HEADER_BYTES);
      }
      const taken = new Promise<undefined>((resolve) => gunzip.write(payload, () => resolve(undefined)));
      const found = await Promise.race([taken, unpacked]);
      if (found !== undefined) return found;
    }
    if (!isHeadSeen) return 'no U-Boot image';
    gunzip.end();
    return await unpacked;
  } finally {
    initramfs.destroy();
    gunzip.destroy();
  }
}

async function search(unpacked: AsyncIterable<Buffer>): Promise<{ readonly text: string } | InitramfsFault> {
  const cpio = new NewcSearch('board.conf', CONF_LIMIT);
  try {
    for await (const chunk of unpacked) {
      const found = cpio.push(chunk);
      if (found === 'absent') return 'no board.conf';
      if (found !== undefined) return { text: found.toString() };
    }
  } catch {
    return 'unreadable'; // no gzip, or a damaged one
  }
  return 'no board.conf';
}
