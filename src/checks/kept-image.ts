import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import type { Disk } from '../contents/disk.ts';
import { systemErrorCode } from '../errors.ts';
import { HastyReads } from '../images/hasty-reads.ts';

/** An open image. Close it. */
export interface ClosableDisk extends Disk {
  close(): Promise<void>;
}

/**
 * What ends a kept image, behind its content: a magic, the content's bytes, the modification time that the file is given
 * (seconds since 1970), and what it is kept for. Whoever writes to the file, or cuts it, leaves it with another time or
 * another end. All numbers are little-endian.
 */
const MAGIC = Buffer.from('mkboxraw');
const BYTES_AT = 8;
const TIME_AT = 16;
const KEY_AT = 24;
const KEY_BYTES = 16;
const TRAILER_BYTES = KEY_AT + KEY_BYTES;

/** Absent on Windows. */
const { O_RDONLY, O_NOFOLLOW = 0 } = constants;

/** Ends an image of `bytes`, kept for `key` (32 hexadecimal digits), so that it is known to be whole. @throws system errors */
export async function sealImage(file: FileHandle, bytes: number, key: string): Promise<void> {
  const seconds = Math.floor(Date.now() / 1000);
  const trailer = Buffer.alloc(TRAILER_BYTES);
  MAGIC.copy(trailer);
  trailer.writeBigUInt64LE(BigInt(bytes), BYTES_AT);
  trailer.writeBigUInt64LE(BigInt(seconds), TIME_AT);
  trailer.write(key, KEY_AT, 'hex');
  await file.write(trailer, 0, trailer.length, bytes);
  await file.datasync(); // after a power failure, what is in place is whole
  await file.utimes(seconds, seconds);
}

/** Opens an image that is kept for `key`; undefined where there is none. One that is damaged is removed. */
export async function openKeptImage(filePath: string, key: string): Promise<ClosableDisk | undefined> {
  let file: FileHandle;
  try {
    file = await open(filePath, O_RDONLY | O_NOFOLLOW);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return undefined;
  }
  try {
    const kept = await readSeal(file, key);
    if (kept !== undefined) {
      await file.utimes(Date.now() / 1000, kept.seconds); // when it was used last
      return await diskOver(file, filePath, kept.bytes, () => file.close());
    }
    await file.close();
    await rm(filePath, { force: true });
  } catch (error) {
    await file.close();
    if (systemErrorCode(error) === undefined) throw error;
  }
  return undefined;
}

/** The first `size` bytes of the file at `filePath`. */
export async function diskOver(
  { fd }: FileHandle,
  filePath: string,
  size: number,
  close: () => Promise<void>,
): Promise<ClosableDisk> {
  const reads = await HastyReads.of(fd, filePath);
  return {
    size,
    read: (buffer, position) => {
      const length = Math.max(0, Math.min(buffer.length, size - position));
      return length === 0 ? 0 : reads.read(buffer.subarray(0, length), position);
    },
    close,
  };
}

async function readSeal(file: FileHandle, key: string): Promise<{ bytes: number; seconds: number } | undefined> {
  const { size, mtimeNs } = await file.stat({ bigint: true });
  const trailer = Buffer.alloc(TRAILER_BYTES);
  const { bytesRead } = await file.read(trailer, 0, TRAILER_BYTES, Math.max(0, Number(size) - TRAILER_BYTES));
  if (bytesRead < TRAILER_BYTES || !trailer.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const [bytes, seconds] = [trailer.readBigUInt64LE(BYTES_AT), trailer.readBigUInt64LE(TIME_AT)];
  const isWhole = bytes + BigInt(TRAILER_BYTES) === size && seconds * 1_000_000_000n === mtimeNs;
  const isSame = trailer.toString('hex', KEY_AT) === key;
  return isWhole && isSame ? { bytes: Number(bytes), seconds: Number(seconds) } : undefined;
}
