import { DamagedVolume } from './damaged-volume.ts';
import { LARGEST_UNPACKED_BYTES, SIZE_AT, UBOOT_HEADER_BYTES, UBOOT_MAGIC } from './initramfs.ts';
import { unpackArchives } from './packed-archives.ts';

/**
 * The cpio archives in an initramfs: behind a U-Boot header or without one, gzipped or not. Checksums are not looked at:
 * an examination does that.
 * @throws OtherCompression; DamagedVolume where it can't be unpacked or unpacks to too much, and what reading `file` throws.
 */
export async function* unpackInitramfs(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of unpackArchives(payloadOf(file))) {
    bytes += chunk.length;
    if (bytes > LARGEST_UNPACKED_BYTES) throw new DamagedVolume('the initramfs unpacks to too much');
    yield chunk;
  }
}

/** What follows a U-Boot header, as many bytes as that says; all of it, where there is none. */
async function* payloadOf(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  let left = Number.POSITIVE_INFINITY;
  for await (const chunk of file) {
    let bytes = chunk;
    if (head !== undefined) {
      head = Buffer.concat([head, chunk]);
      if (head.length < UBOOT_HEADER_BYTES) continue;
      const isUboot = head.readUInt32BE(0) === UBOOT_MAGIC;
      if (isUboot) left = head.readUInt32BE(SIZE_AT);
      bytes = isUboot ? head.subarray(UBOOT_HEADER_BYTES) : head;
      head = undefined;
    }
    const piece = bytes.subarray(0, Math.min(left, bytes.length));
    left -= piece.length;
    if (piece.length > 0) yield piece;
    if (left === 0) return;
  }
}
