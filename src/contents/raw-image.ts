import type { SetLocation } from '../images/image-set.ts';
import { PinnedFile } from '../images/pinned-file.ts';
import type { Disk } from './disk.ts';
import { type ImageContents, readContents } from './image-contents.ts';

/** What is inside the raw `<image>.img` beside a set; undefined where there is none, or it can't be read. */
export async function readRawImage({ root, folder, image }: SetLocation): Promise<ImageContents | undefined> {
  const file = await PinnedFile.open(root, folder, `${image}.img`);
  if (!(file instanceof PinnedFile)) return undefined;
  try {
    return await readOpenImage(file);
  } finally {
    await file.close();
  }
}

/** What is inside an open raw image; undefined where it can't be read. */
async function readOpenImage(file: PinnedFile): Promise<ImageContents | undefined> {
  try {
    return await readContents(diskOf(file));
  } catch {
    return undefined;
  }
}

/** The build that boards running an open raw image report; undefined where the image does not tell. */
export async function buildIdInside(file: PinnedFile): Promise<string | undefined> {
  return (await readOpenImage(file))?.boardConf?.buildId;
}

function diskOf(file: PinnedFile): Disk {
  return { size: file.size, read: (buffer, position) => file.read(buffer, 0, buffer.length, position) };
}
