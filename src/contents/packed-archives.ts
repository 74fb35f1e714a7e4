import { formatOf, START_BYTES } from './archive-formats.ts';
import { ByteCursor } from './byte-cursor.ts';
import type { Compression } from './compression.ts';
import { gunzipFile, gunzipFiles, PackingDamage } from './gzip-file.ts';
import { ALIGNMENT, HEADER_BYTES, isHeader, LAST_NAME, LONGEST_NAME_BYTES, newcNumber, padded } from './newc-header.ts';

/** What a cpio archive begins with, whichever its format. */
const CPIO_FIRST = 0x30;
/** So many gzip files are unpacked one by one, which costs 0.1 ms each; those behind them at once, up to zeros. */
const MOST_ONE_BY_ONE = 10_000;

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
 * What Linux unpacks (init/initramfs.c, unpack_to_rootfs): cpio archives that follow one another, each gzipped or not, with zeros
 * between them perhaps. One that is not gzipped begins at a multiple of four bytes.
 * @throws OtherCompression; PackingDamage where something is no archive, or gzip is damaged; what reading `packed` throws.
 */
export async function* unpackArchives(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const cursor = new ByteCursor(packed);
  let gzipFiles = 0;
  try {
    do {
      const start = await cursor.peek(START_BYTES);
      const format = formatOf(start);
      const isPlain = start[0] === CPIO_FIRST && cursor.position % ALIGNMENT === 0;
      if (isPlain) yield* plainArchive(cursor);
      else if (format === undefined || format === 'gzip' || format === 'cpio') {
        // what is behind those zeros would take as long, and no initramfs has it
        if (++gzipFiles > MOST_ONE_BY_ONE + 1) throw new PackingDamage('gzip damaged');
        yield* gzipFiles <= MOST_ONE_BY_ONE ? gunzipFile(cursor) : gunzipFiles(cursor);
      } else throw new OtherCompression(format);
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
