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
  static async unpack(file: PinnedFile, { onProgress, signal }: ExamineOptions = {}): Promise<UnpackedImage> {
    const store = await SparseStore.create();
    try {
      let size = 0;
      const onContent = async (bytes: Buffer) => {
        await writeData(store, bytes, size);
        if (store.failure !== undefined) throw noRoom(file, store.failure);
        size += bytes.length;
      };
      const decoded = await decodeZstd(file, { onRead: ({ length }) => onProgress?.(length), onContent }, signal);
      if (decoded === undefined) throw new ImageChangedError(file);
      if ('problem' in decoded) throw new UserError(damageText(file.path, decoded));
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
    super(`${path} changed while it was read. Try again when its build is done.`);
  }
}

function noRoom(file: PinnedFile, failure: string): UserError {
  return new UserError(`there is no room to decompress ${file.path}: ${failure}. Set TMPDIR to a folder with room.`);
}

async function writeData(store: SparseStore, bytes: Buffer, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; at += ZEROS.length) {
    const piece = bytes.subarray(at, at + ZEROS.length);
    if (!piece.equals(ZEROS.subarray(0, piece.length))) await store.write(piece, position + at);
  }
}
