import { createGunzip, type Gunzip } from 'node:zlib';
import { errorCode } from '../errors.ts';
import { formatOf, START_BYTES } from './archive-formats.ts';
import { ByteCursor } from './byte-cursor.ts';
import type { Compression } from './compression.ts';
import { DamagedVolume } from './damaged-volume.ts';
import { ALIGNMENT, HEADER_BYTES, isHeader, LAST_NAME, LONGEST_NAME_BYTES, newcNumber, padded } from './newc-header.ts';

const UNPACKED_CHUNK_BYTES = 256 * 1024;
/** What a cpio archive begins with, whichever its format. */
const CPIO_FIRST = 0x30;

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

/** What is not unpacked: Linux may be able to. */
export class OtherCompression extends Error {
  override readonly name = 'OtherCompression';
  readonly compression: Compression;

  constructor(compression: Compression) {
    super(`${compression} is not unpacked`);
    this.compression = compression;
  }
}

/**
 * What Linux unpacks: cpio archives that follow one another, each gzipped or not, with zeros between them perhaps.
 * @throws OtherCompression; PackingDamage where something is no archive, or gzip is damaged; what reading `packed` throws.
 */
export async function* unpackArchives(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const cursor = new ByteCursor(packed);
  try {
    do {
      const start = await cursor.peek(START_BYTES);
      const format = formatOf(start);
      const isPlain = start[0] === CPIO_FIRST && cursor.position % ALIGNMENT === 0;
      if (isPlain) yield* plainArchive(cursor);
      else if (format === undefined || format === 'gzip' || format === 'cpio') yield* gunzipped(cursor);
      else throw new OtherCompression(format);
    } while (await cursor.skipZeros());
  } finally {
    await cursor.close();
  }
}

/** An archive to its last member; all that is left, where it is damaged. */
async function* plainArchive(cursor: ByteCursor): AsyncGenerator<Buffer> {
  for (;;) {
    const header = Buffer.from(await cursor.take(HEADER_BYTES));
    yield header;
    const [nameBytes, bytes] = [newcNumber(header, 'nameBytes'), newcNumber(header, 'bytes')];
    const isRight = isHeader(header) && nameBytes >= 1 && nameBytes <= LONGEST_NAME_BYTES && !Number.isNaN(bytes);
    if (!isRight) {
      yield* cursor.chunks(Number.POSITIVE_INFINITY);
      return;
    }
    const name = Buffer.from(await cursor.take(padded(HEADER_BYTES + nameBytes) - HEADER_BYTES));
    yield name;
    yield* cursor.chunks(padded(bytes));
    if (name.toString('latin1', 0, nameBytes - 1) === LAST_NAME) return;
  }
}

/** What gzip files unpack to, up to zeros behind one of them. */
async function* gunzipped(cursor: ByteCursor): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: UNPACKED_CHUNK_BYTES });
  // what it fails with, the loop below throws
  const feeding = feed(gunzip, cursor).catch((error) => void gunzip.destroy(error));
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (cause) {
    const code = errorCode(cause);
    // zlib(3): Z_BUF_ERROR is for input that ends too early
    if (code?.startsWith('Z_'))
      throw new PackingDamage(code === 'Z_BUF_ERROR' ? 'gzip cut' : 'gzip damaged', { cause });
    throw cause;
  } finally {
    gunzip.destroy();
    await feeding; // nobody else takes from the cursor meanwhile
  }
}

/** Gives `gunzip` what there is, and what it leaves, which begins with zeros, back to the cursor. */
async function feed(gunzip: Gunzip, cursor: ByteCursor): Promise<void> {
  const closed = new Promise<void>((resolve) => gunzip.once('close', resolve));
  let given = 0;
  for await (const bytes of cursor.chunks(Number.POSITIVE_INFINITY)) {
    given += bytes.length;
    const taken = new Promise<void>((resolve) => gunzip.write(bytes, () => resolve()));
    await Promise.race([taken, closed]);
    const left = given - gunzip.bytesWritten;
    if (left > 0) cursor.giveBack(bytes.subarray(bytes.length - left));
    if (left > 0 || gunzip.destroyed) return;
  }
  gunzip.end();
}
