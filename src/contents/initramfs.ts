import { crc32 } from 'node:zlib';
import { formatOf } from './archive-formats.ts';
import { ByteCursor } from './byte-cursor.ts';
import type { Compression, CompressionFault } from './compression.ts';
import { PackingDamage, type PackingFault } from './gzip-file.ts';
import { type NewcFault, NewcReader } from './newc.ts';
import { OtherCompression, unpackArchives } from './packed-archives.ts';

/**
 * U-Boot's legacy image header (include/image.h, `struct legacy_img_hdr`): its length, the magic it begins with, and where
 * it has the CRC of itself (with zeros in that place), the payload's size in bytes and its CRC. All are big-endian.
 */
export const UBOOT_HEADER_BYTES = 64;
export const UBOOT_MAGIC = 0x27051956;
const HEADER_CRC_AT = 4;
export const SIZE_AT = 12;
const PAYLOAD_CRC_AT = 24;

export const BOARD_CONF = 'board.conf';

/** The largest `board.conf`: it has some ten lines, and a larger one counts as none. */
export const LARGEST_BOARD_CONF_BYTES = 64 * 1024;

/**
 * The most that it may unpack to: that lies in a board's memory, which is 512 MiB or little more, and takes a second to
 * unpack.
 */
export const LARGEST_UNPACKED_BYTES = 512 * 1024 ** 2;

/** Why a board can't boot with an initramfs, or ask for updates: the first fault that it would meet. */
export type InitramfsFault =
  /** It does not begin with U-Boot's header, but with what other boot loaders take, and no `board.conf` was found in it. */
  | 'no U-Boot header'
  /** It does not begin with U-Boot's header, and may be mkbox's: a `board.conf` is in it, or nothing that is known. */
  | 'U-Boot magic'
  | 'U-Boot header CRC'
  | 'U-Boot size'
  | 'U-Boot data CRC'
  | PackingFault
  | CompressionFault
  | 'unpacks to too much'
  | `cpio ${NewcFault}`
  | 'no board.conf';

/** What an initramfs was found to be: whole, with the text of its `board.conf`, or what is wrong with it. */
export type Initramfs = { readonly boardConf: string } | InitramfsFault;

/**
 * Reads an initramfs as mkbox builds it to its end: a U-Boot header, then a gzipped newc cpio; or several of those, gzipped
 * or not, which Linux unpacks one over the other. What comes behind the payload that the header tells of does not count,
 * as with U-Boot. What `file` fails with is thrown.
 */
export async function readInitramfs(file: AsyncIterable<Buffer>): Promise<Initramfs> {
  const cursor = new ByteCursor(file);
  try {
    const header = Buffer.from(await cursor.take(UBOOT_HEADER_BYTES));
    if (header.length < UBOOT_HEADER_BYTES) return 'U-Boot magic';
    if (header.readUInt32BE(0) === UBOOT_MAGIC) {
      return headerFault(header) ?? (await readPayload(new Payload(cursor, header)));
    }
    if (formatOf(header) === undefined) return 'U-Boot magic';
    cursor.giveBack(header);
    return await readBare(cursor);
  } finally {
    await cursor.close();
  }
}

function headerFault(header: Buffer): InitramfsFault | undefined {
  const sealed = Buffer.from(header).fill(0, HEADER_CRC_AT, HEADER_CRC_AT + 4);
  return crc32(sealed) === header.readUInt32BE(HEADER_CRC_AT) ? undefined : 'U-Boot header CRC';
}

/** What is wrong with archives that have no U-Boot header: some are of another kind than mkbox's, others may be mkbox's. */
async function readBare(cursor: ByteCursor): Promise<InitramfsFault> {
  const cpio = newReader();
  const fault = await unpackInto(cpio, cursor.chunks(Number.POSITIVE_INFINITY));
  const isDamaged = fault === 'gzip damaged' || fault === 'gzip cut';
  if (cpio.found !== undefined && !isDamaged) return 'U-Boot magic';
  // in what is damaged, or too much, there may be one
  return fault === undefined || isCompression(fault) ? 'no U-Boot header' : fault;
}

async function readPayload(payload: Payload): Promise<Initramfs> {
  const cpio = newReader();
  const fault = await unpackInto(cpio, payload.bytes());
  if (fault === 'unpacks to too much') return fault;
  const payloadFault = await payload.finish();
  if (payloadFault !== undefined) return payloadFault;
  if (fault !== undefined) return isCompression(fault) && cpio.found !== undefined ? `partly ${fault}` : fault;
  const cpioFault = cpio.finish();
  if (cpioFault !== undefined) return `cpio ${cpioFault}`;
  return cpio.found === undefined ? 'no board.conf' : { boardConf: cpio.found.toString() };
}

function newReader(): NewcReader {
  return new NewcReader(BOARD_CONF, LARGEST_BOARD_CONF_BYTES);
}

type UnpackingFault = PackingFault | 'unpacks to too much' | `compressed with ${Compression}`;

function isCompression(fault: UnpackingFault): fault is `compressed with ${Compression}` {
  return fault.startsWith('compressed with ');
}

/** Reads what the payload unpacks to, as far as that can be done. */
async function unpackInto(cpio: NewcReader, payload: AsyncIterable<Buffer>): Promise<UnpackingFault | undefined> {
  let bytes = 0;
  try {
    for await (const chunk of unpackArchives(payload)) {
      bytes += chunk.length;
      if (bytes > LARGEST_UNPACKED_BYTES) return 'unpacks to too much';
      cpio.push(chunk);
    }
    return undefined;
  } catch (error) {
    if (error instanceof PackingDamage) return error.fault;
    if (error instanceof OtherCompression) return `compressed with ${error.compression}`;
    throw error;
  }
}

/** The payload behind a U-Boot header: its CRC is taken as it is read. */
class Payload {
  readonly #cursor: ByteCursor;
  readonly #crc: number;
  #left: number;
  #crcSoFar = 0;

  constructor(cursor: ByteCursor, header: Buffer) {
    this.#cursor = cursor;
    this.#left = header.readUInt32BE(SIZE_AT);
    this.#crc = header.readUInt32BE(PAYLOAD_CRC_AT);
  }

  /** What was not read of it yet. */
  async *bytes(): AsyncGenerator<Buffer> {
    for await (const bytes of this.#cursor.chunks(this.#left)) {
      this.#left -= bytes.length;
      this.#crcSoFar = crc32(bytes, this.#crcSoFar);
      yield bytes;
    }
  }

  /** Reads it to its end, and returns what the header says wrong of it. */
  async finish(): Promise<InitramfsFault | undefined> {
    for await (const _ of this.bytes());
    if (this.#left > 0) return 'U-Boot size';
    return this.#crcSoFar === this.#crc ? undefined : 'U-Boot data CRC';
  }
}
