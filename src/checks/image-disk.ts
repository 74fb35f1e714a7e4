import type { Disk } from '../contents/disk.ts';
import { buildIdInside } from '../contents/raw-image.ts';
import { UserError } from '../errors.ts';
import type { CatalogImage } from '../images/catalog.ts';
import { HastyReads } from '../images/hasty-reads.ts';
import type { SetLocation } from '../images/image-set.ts';
import { buildIdOf } from '../images/image-state.ts';
import { PinnedFile } from '../images/pinned-file.ts';
import { faultText } from '../images/set-fault-text.ts';
import { SeekableZstd } from '../images/zstd/seekable-zstd.ts';
import { mayHold } from '../images/zstd/zstd-frames.ts';
import type { ExamineOptions } from './examine.ts';
import type { InsideCache } from './inside-cache.ts';
import { ImageChangedError, UnpackedImage } from './unpacked-image.ts';

/** An image that is open to be looked into, whatever kind of file it lies in. Close it. */
export interface ImageDisk extends Disk {
  /** @throws ImageChangedError when the file was written to since it was opened. */
  ensureUnchanged(): Promise<void>;
  close(): Promise<void>;
}

/** A file, and the folder that it must lie in. */
export interface ImageFile {
  /** Resolved. */
  readonly root: string;
  readonly folder: string;
  readonly name: string;
}

/** How to open an image. */
export interface OpenOptions extends ExamineOptions {
  /** Where it is kept once it was decompressed; nowhere without it. */
  readonly cache?: InsideCache | undefined;
}

/**
 * Opens the image of a set: the raw image beside it if that is the same build, which costs nothing, or its `.img.zst`.
 * @throws UserError when it can't be opened or is damaged; the signal's reason; what reading a disk may throw.
 */
export function openSetDisk(image: CatalogImage, options: OpenOptions): Promise<ImageDisk> {
  return openBuildDisk(image, buildIdOf(image), options);
}

/** As `openSetDisk`, where the set is of that build. */
export async function openBuildDisk(
  { root, folder, image }: SetLocation,
  buildId: string | undefined,
  options: OpenOptions,
): Promise<ImageDisk> {
  const zst = { root, folder, name: `${image}.img.zst` };
  const raw = await PinnedFile.open(root, folder, `${image}.img`);
  if (raw instanceof PinnedFile) {
    if (await isSameBuild(raw, buildId, zst)) return rawDisk(raw);
    await raw.close();
  }
  return openFileDisk(zst, options);
}

/** Whether a raw image is of the build that a set has: it says so inside, and is as long as what the set decompresses to. */
async function isSameBuild(
  raw: PinnedFile,
  buildId: string | undefined,
  { root, folder, name }: ImageFile,
): Promise<boolean> {
  if (buildId === undefined || (await buildIdInside(raw)) !== buildId) return false;
  const zst = await PinnedFile.open(root, folder, name);
  if (!(zst instanceof PinnedFile)) return true;
  try {
    return await mayHold(zst, raw.size);
  } finally {
    await zst.close();
  }
}

/**
 * Opens an `.img.zst` or a raw image. Of one with a seek table, only what is read is decompressed; others
 * are decompressed once, if there is a cache.
 * @throws UserError when it can't be opened or is damaged; the signal's reason; what reading a disk may throw.
 */
export async function openFileDisk({ root, folder, name }: ImageFile, options: OpenOptions): Promise<ImageDisk> {
  const file = await PinnedFile.open(root, folder, name);
  if (!(file instanceof PinnedFile)) {
    throw new UserError((words) => faultText({ file: name, problem: file }, words));
  }
  if (!name.endsWith('.zst')) return rawDisk(file);
  try {
    const seekable = await SeekableZstd.open(file);
    if (seekable !== undefined) return diskOver(file, seekable);
    const unpacked = (await options.cache?.open(file, options)) ?? (await UnpackedImage.unpack(file, options));
    return diskOver(file, unpacked, () => unpacked.close());
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function rawDisk(file: PinnedFile): Promise<ImageDisk> {
  const reads = await HastyReads.of(file.lend().fd, file.path);
  return diskOver(file, { size: file.size, read: (buffer, position) => reads.read(buffer, position) });
}

function diskOver(file: PinnedFile, disk: Disk, closeDisk: () => Promise<void> = async () => {}): ImageDisk {
  return {
    size: disk.size,
    read: (buffer, position) => disk.read(buffer, position),
    ensureUnchanged: async () => {
      if (!(await file.isUnchanged())) throw new ImageChangedError(file);
    },
    close: async () => {
      await closeDisk();
      await file.close();
    },
  };
}
