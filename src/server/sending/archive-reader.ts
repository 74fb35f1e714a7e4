import type { ImageSet } from '../../images/image-set.ts';
import type { Archive } from '../decision/archive.ts';

/** The image file ended before its pinned size: somebody is writing to it. */
export class ShortReadError extends Error {
  override readonly name = 'ShortReadError';
}

/**
 * Fills `target` with the archive's bytes from `position` on; all of them must lie within the archive.
 * @throws ShortReadError when the image file is shorter than it was when the archive was laid out.
 */
export async function readArchive(archive: Archive, set: ImageSet, target: Buffer, position: number): Promise<void> {
  const end = position + target.length;
  for (const segment of archive.segments) {
    const length = segment.kind === 'bytes' ? segment.bytes.length : segment.length;
    const from = Math.max(position, segment.start);
    const to = Math.min(end, segment.start + length);
    if (from >= to) continue;
    if (segment.kind === 'bytes') {
      segment.bytes.copy(target, from - position, from - segment.start, to - segment.start);
    } else {
      await readImage(set, target.subarray(from - position, to - position), from - segment.start);
    }
  }
}

async function readImage(set: ImageSet, target: Buffer, position: number): Promise<void> {
  for (let done = 0; done < target.length; ) {
    const bytesRead = await set.zst.read(target, done, target.length - done, position + done);
    if (bytesRead === 0) throw new ShortReadError(`${set.zst.path} ended at byte ${position + done}`);
    done += bytesRead;
  }
}
