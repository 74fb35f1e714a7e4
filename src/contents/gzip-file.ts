import { crc32, createGunzip, createInflateRaw, type Gunzip, type InflateRaw } from 'node:zlib';
import { errorCode } from '../errors.ts';
import type { ByteCursor } from './byte-cursor.ts';
import { DamagedVolume } from './damaged-volume.ts';

const UNPACKED_CHUNK_BYTES = 256 * 1024;

/** RFC 1952, 2.3: the header's fixed part, the flags in it, and the CRC and the length behind the compressed data. */
const MAGIC = Buffer.from([0x1f, 0x8b, 8]);
const FIXED_BYTES = 10;
const FLAGS_AT = 3;
const HAS_HEADER_CRC = 1 << 1;
const HAS_EXTRA = 1 << 2;
const HAS_NAME = 1 << 3;
const HAS_COMMENT = 1 << 4;
const RESERVED = 0b1110_0000;
const TRAILER_BYTES = 8;

/** Why an initramfs can't be unpacked. */
export type PackingFault = 'gzip damaged' | 'gzip cut';

/** What can't be unpacked, and why. */
export class PackingDamage extends DamagedVolume {
  readonly fault: PackingFault;

  constructor(fault: PackingFault, options?: ErrorOptions) {
    super('the initramfs cannot be unpacked: gzip', options);
    this.fault = fault;
  }
}

/**
 * What one gzip file unpacks to. What is behind it is the cursor's next.
 * @throws PackingDamage; what the cursor throws.
 */
export async function* gunzipFile(cursor: ByteCursor): AsyncGenerator<Buffer> {
  await skipHeader(cursor);
  let crc = 0;
  let bytes = 0;
  for await (const chunk of unpacked(cursor, createInflateRaw({ chunkSize: UNPACKED_CHUNK_BYTES }))) {
    crc = crc32(chunk, crc);
    bytes += chunk.length;
    yield chunk;
  }
  const trailer = await cursor.take(TRAILER_BYTES);
  if (trailer.length < TRAILER_BYTES) throw new PackingDamage('gzip cut');
  const isRight = trailer.readUInt32LE(0) === crc && trailer.readUInt32LE(4) === bytes % 2 ** 32;
  if (!isRight) throw new PackingDamage('gzip damaged');
}

/**
 * What gzip files that follow one another unpack to, up to zeros behind one of them: as `gunzipFile`, without what each of them
 * costs there.
 * @throws PackingDamage, where something else is behind one, too; what the cursor throws.
 */
export function gunzipFiles(cursor: ByteCursor): AsyncGenerator<Buffer> {
  return unpacked(cursor, createGunzip({ chunkSize: UNPACKED_CHUNK_BYTES }));
}

async function skipHeader(cursor: ByteCursor): Promise<void> {
  const crc = new HeaderCrc();
  const fixed = crc.with(await cursor.take(FIXED_BYTES));
  const magic = fixed.subarray(0, MAGIC.length);
  if (!magic.equals(MAGIC.subarray(0, magic.length))) throw new PackingDamage('gzip damaged');
  const flags = whole(fixed, FIXED_BYTES).readUInt8(FLAGS_AT);
  if ((flags & RESERVED) !== 0) throw new PackingDamage('gzip damaged');
  if ((flags & HAS_EXTRA) !== 0) {
    const extraBytes = whole(crc.with(await cursor.take(2)), 2).readUInt16LE();
    whole(crc.with(await cursor.take(extraBytes)), extraBytes);
  }
  if ((flags & HAS_NAME) !== 0) await skipText(cursor, crc);
  if ((flags & HAS_COMMENT) !== 0) await skipText(cursor, crc);
  if ((flags & HAS_HEADER_CRC) === 0) return;
  const expected = crc.value & 0xffff;
  if (whole(await cursor.take(2), 2).readUInt16LE() !== expected) throw new PackingDamage('gzip damaged');
}

/** The CRC of what was read of a header. */
class HeaderCrc {
  value = 0;

  with(bytes: Buffer): Buffer {
    this.value = crc32(bytes, this.value);
    return bytes;
  }
}

/** Skips a text and the zero behind it. */
async function skipText(cursor: ByteCursor, crc: HeaderCrc): Promise<void> {
  for await (const bytes of cursor.chunks(Number.POSITIVE_INFINITY)) {
    const end = bytes.indexOf(0) + 1;
    crc.with(end === 0 ? bytes : bytes.subarray(0, end));
    if (end === 0) continue;
    cursor.giveBack(bytes.subarray(end));
    return;
  }
  throw new PackingDamage('gzip cut');
}

function whole(bytes: Buffer, length: number): Buffer {
  if (bytes.length < length) throw new PackingDamage('gzip cut');
  return bytes;
}

/** What `unpacking` makes of what there is, up to where it ends. */
async function* unpacked(cursor: ByteCursor, unpacking: Gunzip | InflateRaw): AsyncGenerator<Buffer> {
  // what it fails with, the loop below throws
  const feeding = feed(unpacking, cursor).catch((error) => void unpacking.destroy(error));
  try {
    yield* unpacking as AsyncIterable<Buffer>;
  } catch (cause) {
    const code = errorCode(cause);
    // zlib(3): Z_BUF_ERROR is for input that ends too early
    if (code?.startsWith('Z_'))
      throw new PackingDamage(code === 'Z_BUF_ERROR' ? 'gzip cut' : 'gzip damaged', { cause });
    throw cause;
  } finally {
    unpacking.destroy();
    await feeding; // nobody else takes from the cursor meanwhile
  }
}

/** Gives `unpacking` what there is, and what it leaves back to the cursor. */
async function feed(unpacking: Gunzip | InflateRaw, cursor: ByteCursor): Promise<void> {
  const closed = new Promise<void>((resolve) => unpacking.once('close', resolve));
  let given = 0;
  for await (const bytes of cursor.chunks(Number.POSITIVE_INFINITY)) {
    given += bytes.length;
    const taken = new Promise<void>((resolve) => unpacking.write(bytes, () => resolve()));
    await Promise.race([taken, closed]);
    const left = given - unpacking.bytesWritten;
    if (left > 0) cursor.giveBack(bytes.subarray(bytes.length - left));
    if (left > 0 || unpacking.destroyed) return;
  }
  unpacking.end();
}
