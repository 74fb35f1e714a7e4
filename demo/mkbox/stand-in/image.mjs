/** A disk image with another build in it. */
import { replaceFile } from './fat32.mjs';
import { withBoardConf } from './initramfs.mjs';

const SECTOR_BYTES = 512;
const PARTITION_TABLE = 446;

/** A copy of an image in which `board.conf` is another one, and one package has its next release. */
export function withBuild(template, boardConf) {
  const image = Buffer.from(template);
  const first = image.readUInt32LE(PARTITION_TABLE + 8) * SECTOR_BYTES;
  const bytes = image.readUInt32LE(PARTITION_TABLE + 12) * SECTOR_BYTES;
  replaceFile(image.subarray(first, first + bytes), 'initramfs', (old) => withBoardConf(old, boardConf));
  bumpRelease(image.subarray(first + bytes), 'busybox');
  return image;
}

/**
 * Counts a package's release up, `1.37.0-r18` to `-r19`, in the list of installed packages. What is in a file has no checksum
 * in ext4, and as many digits need as much room.
 */
function bumpRelease(rootPartition, name) {
  const start = rootPartition.indexOf(`P:${name}\nV:`, 0, 'latin1');
  if (start === -1) return;
  const end = rootPartition.indexOf('\nA:', start, 'latin1');
  const digits = /\d+$/.exec(rootPartition.toString('latin1', start, end))?.[0];
  if (digits === undefined) return;
  const next = String((Number(digits) + 1) % 10 ** digits.length).padStart(digits.length, '0');
  rootPartition.write(next, end - digits.length, 'latin1');
}
