import { SET_FILES } from './image-name.ts';
import type { SetLocation } from './image-set.ts';
import { PinnedFile } from './pinned-file.ts';
import { decompressedSize } from './zstd-frames.ts';

/**
 * Bytes of an image before compression: of the raw `<image>.img` where it lies beside the set, else what the zstd
 * frames say. Undefined where neither tells.
 */
export async function rawSize({ root, folder, image }: SetLocation): Promise<number | undefined> {
  const raw = await PinnedFile.open(root, folder, `${image}.img`);
  if (raw instanceof PinnedFile) {
    await raw.close();
    return raw.size;
  }
  const zst = await PinnedFile.open(root, folder, image + SET_FILES.zst);
  if (!(zst instanceof PinnedFile)) return undefined;
  try {
    return await decompressedSize(zst);
  } finally {
    await zst.close();
  }
}
