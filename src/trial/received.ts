import { createHash } from 'node:crypto';
import { BootSpool } from '../checks/boot-spool.ts';
import type { Examination } from '../checks/examination.ts';
import { readContents } from '../contents/image-contents.ts';
import { CHECKSUMS_FILE_LIMIT } from '../images/checksums.ts';
import { decodeZstdPieces } from '../images/zstd/zstd-decoder.ts';
import { TarError, type TarMember, TarReader } from './tar-reader.ts';

const ZST = '.img.zst';
const CHECKSUMS = '.img.sha256';

/** What was in a tar, as far as a board looks at it. */
export interface Received {
  readonly members: number;
  /** The image, by the name it has in the tar, and what it was found to be. */
  readonly image: { readonly name: string; readonly examination: Examination } | undefined;
  /** The text of the `.img.sha256`. */
  readonly checksums: string | undefined;
}

/**
 * Reads a tar as it comes: the image is hashed, decompressed and looked into on its way, and nothing of it is written
 * anywhere.
 * @throws TarError, the signal's reason when it is aborted, and what `body` throws.
 */
export async function receive(body: AsyncIterable<Buffer>, signal: AbortSignal): Promise<Received> {
  const tar = new TarReader(body);
  let members = 0;
  let image: Received['image'];
  let checksums: string | undefined;
  for (let member = await tar.next(); member !== undefined; member = await tar.next()) {
    members++;
    const { name, size } = member;
    if (name.endsWith(ZST) && image === undefined) {
      image = { name: name.slice(0, -ZST.length), examination: await examined(member, signal) };
    } else if (name.endsWith(CHECKSUMS) && size <= CHECKSUMS_FILE_LIMIT) {
      checksums = await textOf(member);
    }
  }
  return { members, image, checksums };
}

/** What `examine` finds in a file on disk, of one that comes through the network. */
async function examined({ size, content }: TarMember, signal: AbortSignal): Promise<Examination> {
  const [zstHash, rawHash] = [createHash('sha256'), createHash('sha256')];
  const spool = BootSpool.inMemory();
  try {
    const onContent = async (bytes: Buffer) => {
      rawHash.update(bytes);
      await spool.take(bytes);
    };
    const onRead = (bytes: Buffer) => void zstHash.update(bytes);
    const decoded = await decodeZstdPieces({ size, pieces: content }, { onRead, onContent }, signal);
    if (decoded === undefined) throw new TarError('ends early');
    const digest = { zstSha256: zstHash.digest('hex'), examinedAtMs: Date.now() };
    if ('problem' in decoded) return { ...digest, content: { kind: 'damaged', damage: decoded } };
    const inside = spool.failure ?? (await readContents(spool));
    const raw = { rawSha256: rawHash.digest('hex'), rawBytes: spool.size, inside };
    return { ...digest, content: { kind: 'sound', ...decoded, ...raw } };
  } finally {
    await spool.close();
  }
}

async function textOf({ content }: TarMember): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}
