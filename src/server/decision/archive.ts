import { pack } from 'tar-stream';

/** A tar block (tar(5)): headers and padding come in multiples of it. */
const BLOCK_BYTES = 512;

/** A tar record: twenty blocks, to which the end of an archive is filled up (tar(5), GNU tar's default). */
const RECORD_BYTES = 20 * BLOCK_BYTES;

/** A tar's times begin with 1970, and tar-stream counts their seconds in 32 bits with a sign, up to 2038. */
const LATEST_SECONDS = 2 ** 31 - 1;

/** A piece of an archive: bytes that are at hand, or the image file's content, in place. */
export type Segment =
  | { readonly kind: 'bytes'; readonly start: number; readonly bytes: Buffer }
  | { readonly kind: 'image'; readonly start: number; readonly length: number };

/** A tar, laid out: each segment starts (in bytes from the archive's beginning) where the one before ends. */
export interface Archive {
  readonly segments: readonly Segment[];
  readonly length: number;
}

/** What the archive needs to know of an image set. Sizes in bytes, times in seconds since 1970. */
export interface ArchiveInput {
  readonly image: string;
  readonly zst: { readonly size: number; readonly mtimeSeconds: number };
  readonly checksumsFile: { readonly content: Buffer; readonly mtimeSeconds: number };
}

/** The archive that tells a board that it is up to date: no members, only the end of a tar. */
export const EMPTY_ARCHIVE: Buffer = endOfArchive(0);

/**
 * The layout of an update: `<image>.img.zst`, then `<image>.img.sha256`, owned by root, mode 0644, with the files'
 * times, or the nearest ones that can be told. The same input gives the same bytes. Nothing is read: the image's content stays a segment.
 */
export async function updateArchive({ image, zst, checksumsFile }: ArchiveInput): Promise<Archive> {
  const { content } = checksumsFile;
  const head = await memberHeader(`${image}.img.zst`, zst.size, zst.mtimeSeconds);
  const afterImage = Buffer.concat([
    padding(zst.size, BLOCK_BYTES),
    await memberHeader(`${image}.img.sha256`, content.length, checksumsFile.mtimeSeconds),
    content,
    padding(content.length, BLOCK_BYTES),
  ]);
  const tailStart = head.length + zst.size;
  const tail = Buffer.concat([afterImage, endOfArchive(tailStart + afterImage.length)]);
  return {
    segments: [
      { kind: 'bytes', start: 0, bytes: head },
      { kind: 'image', start: head.length, length: zst.size },
      { kind: 'bytes', start: tailStart, bytes: tail },
    ],
    length: tailStart + tail.length,
  };
}

function padding(length: number, unit: number): Buffer {
  return Buffer.alloc((unit - (length % unit)) % unit);
}

/** Two blocks of zeros, and more up to a full record. */
function endOfArchive(length: number): Buffer {
  const marks = Buffer.alloc(2 * BLOCK_BYTES);
  return Buffer.concat([marks, padding(length + marks.length, RECORD_BYTES)]);
}

/** Headers that were made lately, by what they say: boards that ask together get the same. */
const MADE_HEADERS = new Map<string, Promise<Buffer>>();

const MOST_MADE_HEADERS = 200;

/** A member's header block, with an extended header (pax) before it where the name does not fit. */
function memberHeader(name: string, size: number, mtimeSeconds: number): Promise<Buffer> {
  const key = `${size} ${mtimeSeconds} ${name}`;
  let header = MADE_HEADERS.get(key);
  if (header === undefined) {
    if (MADE_HEADERS.size >= MOST_MADE_HEADERS) MADE_HEADERS.clear();
    header = makeMemberHeader(name, size, mtimeSeconds);
    MADE_HEADERS.set(key, header);
  }
  return header;
}

async function makeMemberHeader(name: string, size: number, mtimeSeconds: number): Promise<Buffer> {
  const archive = pack();
  const blocks: Buffer[] = [];
  archive.on('data', (block) => blocks.push(Buffer.from(block as Uint8Array)));
  const mtime = new Date(Math.min(Math.max(mtimeSeconds, 0), LATEST_SECONDS) * 1000);
  archive.entry({ name, size, mtime, mode: 0o644, uid: 0, gid: 0, type: 'file' });
  // The entry waits for content that never comes through here; all of its header is there in the next turn.
  await new Promise((resolve) => setImmediate(resolve));
  archive.destroy();
  return Buffer.concat(blocks);
}
