import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { errorCode } from '../errors.ts';
import { DamagedVolume } from './damaged-volume.ts';
import { LARGEST_UNPACKED_BYTES, SIZE_AT, UBOOT_HEADER_BYTES, UBOOT_MAGIC } from './initramfs.ts';

const GZIP_MAGIC = 0x1f8b;
const GZIP_MAGIC_BYTES = 2;
const UNPACKED_CHUNK_BYTES = 256 * 1024;

/**
 * The cpio archives in an initramfs: behind a U-Boot header or without one, gzipped or not. Checksums are not looked at:
 * an examination does that.
 * @throws DamagedVolume where it can't be unpacked or unpacks to too much, and what reading `file` throws.
 */
export async function* unpackInitramfs(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of gunzipped(payloadOf(file))) {
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
      if (head.length < UBOOT_HEADER_BYTES + GZIP_MAGIC_BYTES) continue;
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

async function* gunzipped(payload: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const first = await payload.next();
  if (first.done) return;
  const whole = prefixed(first.value, payload);
  if (first.value.length < GZIP_MAGIC_BYTES || first.value.readUInt16BE(0) !== GZIP_MAGIC) {
    yield* whole;
    return;
  }
  const gunzip = createGunzip({ chunkSize: UNPACKED_CHUNK_BYTES });
  // the loop below gets the error; the pipeline also rejects when that loop ends early
  pipeline(Readable.from(whole), gunzip).catch(() => {});
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (error) {
    if (errorCode(error)?.startsWith('Z_'))
      throw new DamagedVolume('the initramfs cannot be unpacked: gzip', { cause: error });
    throw error;
  }
}

async function* prefixed(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}
