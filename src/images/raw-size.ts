import { SET_FILES } from './image-name.ts';
import type { SetLocation } from './image-set.ts';
import { PinnedFile } from './pinned-file.ts';
import { decompressedSize } from './zstd/zstd-frames.ts';

/**
 * Bytes of an image before compression: of the raw `<image>.img` where it lies beside the set, and is not newer, which
 * means another build; else what the zstd frames say. Undefined where neither tells.
 */
export async function rawSize({ root, folder, image }: SetLocation): Promise<number | undefined> {
  const raw = await PinnedFile.open(root, folder, `${image}.img`);
  if (raw instanceof PinnedFile) await raw.close();
  const zst = await PinnedFile.open(root, folder, image + SET_FILES.zst);
  if (!(zst instanceof PinnedFile)) return raw instanceof PinnedFile ? raw.size : undefined;
  try {
    const isSameBuild = raw instanceof PinnedFile && raw.identity.mtimeNs <= zst.identity.mtimeNs;
    return isSameBuild ? raw.size : await decompressedSize(zst);
  } finally {
    await zst.close();
  }
}
