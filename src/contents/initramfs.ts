import { crc32, createGunzip, type Gunzip } from 'node:zlib';
import { type NewcFault, NewcReader } from './newc.ts';

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

const UNPACKED_CHUNK_BYTES = 256 * 1024;

/** Why a board can't boot with an initramfs, or ask for updates: the first fault that it would meet. */
export type InitramfsFault =
  | 'U-Boot magic'
  | 'U-Boot header CRC'
  | 'U-Boot size'
  | 'U-Boot data CRC'
  | 'gzip damaged'
  | 'gzip cut'
  | 'unpacks to too much'
  | `cpio ${NewcFault}`
  | 'no board.conf';

/** What an initramfs was found to be: whole, with the text of its `board.conf`, or what is wrong with it. */
export type Initramfs = { readonly boardConf: string } | InitramfsFault;

/**
 * Reads an initramfs as mkbox builds it to its end: a U-Boot header, then a gzipped newc cpio. What comes behind the
 * payload that the header tells of does not count, as with U-Boot. What `file` fails with is thrown.
 */
export async function readInitramfs(file: AsyncIterable<Buffer>): Promise<Initramfs> {
  let head: Buffer = Buffer.alloc(0);
  let payload: Payload | undefined;
  try {
    for await (const chunk of file) {
      if (payload !== undefined) {
        await payload.take(chunk);
      } else {
        head = Buffer.concat([head, chunk]);
        if (head.length < UBOOT_HEADER_BYTES) continue;
        const fault = headerFault(head);
        if (fault !== undefined) return fault;
        payload = new Payload(head);
        await payload.take(head.subarray(UBOOT_HEADER_BYTES));
      }
      if (payload.isOver) break;
    }
    return payload === undefined ? 'U-Boot magic' : await payload.finish();
  } finally {
    payload?.close();
  }
}

function headerFault(head: Buffer): InitramfsFault | undefined {
  if (head.readUInt32BE(0) !== UBOOT_MAGIC) return 'U-Boot magic';
  const header = Buffer.from(head.subarray(0, UBOOT_HEADER_BYTES)).fill(0, HEADER_CRC_AT, HEADER_CRC_AT + 4);
  return crc32(header) === head.readUInt32BE(HEADER_CRC_AT) ? undefined : 'U-Boot header CRC';
}

/** The payload behind a U-Boot header, as it comes: its CRC is taken, and what it unpacks to is read. */
class Payload {
  readonly #crc: number;
  #left: number;
  #crcSoFar = 0;
  readonly #gunzip: Gunzip = createGunzip({ chunkSize: UNPACKED_CHUNK_BYTES });
  readonly #cpio = new NewcReader(BOARD_CONF, LARGEST_BOARD_CONF_BYTES);
  readonly #unpacked: Promise<InitramfsFault | undefined>;
  #isUnpacked = false;
  #isTooMuch = false;

  constructor(header: Buffer) {
    this.#left = header.readUInt32BE(SIZE_AT);
    this.#crc = header.readUInt32BE(PAYLOAD_CRC_AT);
    this.#unpacked = this.#unpack();
  }

  /** Whether all of it came, or more than there may be. */
  get isOver(): boolean {
    return this.#left === 0 || this.#isTooMuch;
  }

  async take(chunk: Buffer): Promise<void> {
    const bytes = chunk.subarray(0, this.#left);
    this.#left -= bytes.length;
    this.#crcSoFar = crc32(bytes, this.#crcSoFar);
    if (this.#isUnpacked || bytes.length === 0) return;
    const written = new Promise<void>((resolve) => this.#gunzip.write(bytes, () => resolve()));
    await Promise.race([written, this.#unpacked]);
  }

  async finish(): Promise<Initramfs> {
    if (!this.#isUnpacked) this.#gunzip.end();
    const fault = await this.#unpacked;
    if (this.#isTooMuch) return 'unpacks to too much';
    if (this.#left > 0) return 'U-Boot size';
    if (this.#crcSoFar !== this.#crc) return 'U-Boot data CRC';
    if (fault !== undefined) return fault;
    const cpioFault = this.#cpio.finish();
    if (cpioFault !== undefined) return `cpio ${cpioFault}`;
    return this.#cpio.found === undefined ? 'no board.conf' : { boardConf: this.#cpio.found.toString() };
  }

  close(): void {
    this.#gunzip.destroy();
  }

  async #unpack(): Promise<InitramfsFault | undefined> {
    let bytes = 0;
    try {
      for await (const chunk of this.#gunzip as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        this.#isTooMuch = bytes > LARGEST_UNPACKED_BYTES;
        if (this.#isTooMuch) return 'unpacks to too much';
        this.#cpio.push(chunk);
      }
      return undefined;
    } catch (error) {
      // zlib(3): Z_BUF_ERROR is for input that ends too early
      return error instanceof Error && 'code' in error && error.code === 'Z_BUF_ERROR' ? 'gzip cut' : 'gzip damaged';
    } finally {
      this.#isUnpacked = true;
    }
  }
}
