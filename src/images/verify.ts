import { createHash } from 'node:crypto';
import type { CatalogImage } from './catalog.ts';
import { openImageSet } from './image-set.ts';
import type { FileIdentity } from './pinned-file.ts';
import type { SetFault } from './set-fault.ts';

/** What a check of a set's `.img.zst` against its checksum came to. */
export type Verdict =
  | { readonly kind: 'right'; readonly file: FileIdentity; readonly checkedAtMs: number }
  /** The file's digest is not the one that the `.img.sha256` gives; both in hexadecimal. */
  | {
      readonly kind: 'wrong';
      readonly file: FileIdentity;
      readonly checkedAtMs: number;
      readonly expected: string;
      readonly actual: string;
    }
  /** It was written to meanwhile. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'incomplete'; readonly fault: SetFault };

/** Bytes hashed at a time: a hundredth of what a core hashes in a second, so that nothing else waits long. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/**
 * Computes the SHA-256 of the `.img.zst` of `image` and compares it with the `.img.sha256`. `onProgress` is told of
 * bytes as they are read.
 * @throws the signal's reason when it is aborted, and what reading a disk may throw.
 */
export async function verifyImage(
  image: CatalogImage,
  onProgress: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<Verdict> {
  const set = await openImageSet(image);
  if ('problem' in set) return { kind: 'incomplete', fault: set };
  try {
    const hash = createHash('sha256');
    const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, set.zst.size));
    for (let position = 0; position < set.zst.size; ) {
      signal?.throwIfAborted();
      const bytesRead = await set.zst.read(chunk, 0, chunk.length, position);
      if (bytesRead === 0) return { kind: 'changed' };
      hash.update(chunk.subarray(0, bytesRead));
      position += bytesRead;
      onProgress(bytesRead);
    }
    if (!(await set.zst.isUnchanged())) return { kind: 'changed' };
    const actual = hash.digest('hex');
    const expected = set.checksums.zst;
    const checked = { file: set.zst.identity, checkedAtMs: Date.now() };
    return actual === expected ? { kind: 'right', ...checked } : { kind: 'wrong', ...checked, expected, actual };
  } finally {
    await set.close();
  }
}
