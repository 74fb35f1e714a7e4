import type { Disk } from '../contents/disk.ts';
import { UserError } from '../errors.ts';
import type { PinnedFile } from '../images/pinned-file.ts';
import { decodeZstd } from '../images/zstd/zstd-decoder.ts';
import type { ExamineOptions } from './examine.ts';
import { damageText } from './finding-text.ts';
import { SparseStore } from './sparse-store.ts';

/** Zeros are not kept: most of an image is empty. */
const ZEROS = Buffer.alloc(64 * 1024);

/** An `.img.zst`, decompressed once into a temporary file with holes that no one else sees. Close it. */
export class UnpackedImage implements Disk {
  readonly size: number;
  readonly #store: SparseStore;

  private constructor(store: SparseStore, size: number) {
    this.#store = store;
    this.size = size;
  }

  /**
   * @throws UserError where the file is damaged, changed meanwhile, or there is no room for it; the signal's reason when
   * it is aborted; and what reading a disk may throw.
   */
  static async unpack(file: PinnedFile, options: ExamineOptions = {}): Promise<UnpackedImage> {
    const store = await SparseStore.create();
    try {
      const size = await unpackTo(file, options, async (bytes, position) => {
        await store.write(bytes, position);
        if (store.failure !== undefined) throw noRoom(file, store.failure);
      });
      return new UnpackedImage(store, size);
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  async read(buffer: Buffer, position: number): Promise<number> {
    const count = Math.max(0, Math.min(buffer.length, this.size - position));
    await this.#store.read(buffer.subarray(0, count), position);
    return count;
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

/** The image was written to, or built anew, while it was read: what was read may be of two builds. */
export class ImageChangedError extends UserError {
  constructor({ path }: PinnedFile) {
    super((words) => words.t('{0} changed while it was read. Try again when its build is done.', path));
  }
}

function noRoom(file: PinnedFile, failure: string): UserError {
  return new UserError((words) =>
    words.t('there is no room to decompress {0}: {1}. Set TMPDIR to a folder with room.', file.path, failure),
  );
}

/**
 * Decompresses a file, has `write` take what is not zero, in the file's order, and answers how many bytes there are with
 * the zeros. The pieces are only lent.
 * @throws as `UnpackedImage.unpack` does, but for room; and what `write` throws.
 */
export async function unpackTo(
  file: PinnedFile,
  { onProgress, signal }: ExamineOptions,
  write: (bytes: Buffer, position: number) => Promise<void>,
): Promise<number> {
  let size = 0;
  const onContent = async (bytes: Buffer) => {
    for (const { start, end } of dataIn(bytes)) await write(bytes.subarray(start, end), size + start);
    size += bytes.length;
  };
  const decoded = await decodeZstd(file, { onRead: ({ length }) => onProgress?.(length), onContent }, signal);
  if (decoded === undefined) throw new ImageChangedError(file);
  if ('problem' in decoded) {
    throw new UserError((words) => damageText(file.path, decoded, words));
  }
  return size;
}

/** The stretches of `bytes` that are not zero. */
function* dataIn(bytes: Buffer): Generator<{ readonly start: number; readonly end: number }> {
  let start: number | undefined;
  for (let at = 0; at < bytes.length; at += ZEROS.length) {
    const piece = bytes.subarray(at, at + ZEROS.length);
    const isZero = piece.equals(ZEROS.subarray(0, piece.length));
    if (isZero && start !== undefined) yield { start, end: at };
    start = isZero ? undefined : (start ?? at);
  }
  if (start !== undefined) yield { start, end: bytes.length };
}
