import { constants } from 'node:fs';
import { copyFile, type FileHandle, mkdir, open, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../errors.ts';
import { SET_FILES } from '../images/image-name.ts';
import type { ImageSet } from '../images/image-set.ts';
import type { PinnedFile } from '../images/pinned-file.ts';
import { readMemory } from '../images/read-memory.ts';
import { syncFolder } from '../images/sync-folder.ts';

/** What came of copying a set aside. */
export type CopyResult =
  | 'copied'
  /** Its files were written to meanwhile: what was copied may be of two builds. */
  | 'changed'
  /** The disk has no room for it. */
  | 'no room';

export interface CopyOptions {
  /** Awaited before each piece. */
  readonly giveWay?: () => Promise<void>;
  /** Bytes that the disk must have left afterwards; 0 without it. */
  readonly leaves?: number;
}

/** Copied at a time: other work waits for the disk no longer than for this. */
const PIECE_BYTES = 4 * 1024 * 1024;

/**
 * Copies an open set into the new folder `target`, under the same names: by reference where the file system can
 * (`FICLONE`), else piece by piece. The files are on the disk when this returns (fsync(2)). Never a hard link: a link changes the times of what is being sent, and an image that is rewritten in place
 * would change with its copy.
 * @throws system errors and what `giveWay` throws. What was copied until then is left to whoever made the name.
 */
export async function copySet(
  set: ImageSet,
  target: string,
  { giveWay = async () => {}, leaves = 0 }: CopyOptions = {},
): Promise<CopyResult> {
  const { image, buildId, zst, checksumsFile } = set;
  const place = (role: keyof typeof SET_FILES) => path.join(target, image + SET_FILES[role]);
  await mkdir(target, { recursive: true });
  if (!(await clone(zst, place('zst')))) {
    const { bavail, bsize } = await statfs(target);
    if (bavail * bsize < zst.size + leaves) return 'no room';
    await copyPieces(zst, place('zst'), giveWay);
  }
  await writeSynced(place('checksums'), checksumsFile.mtimeSeconds, (file) => file.writeFile(checksumsFile.content));
  await writeSynced(place('buildId'), zst.mtimeSeconds, (file) => file.writeFile(`${buildId}  ${image}.img\n`));
  await syncFolder(target);
  return (await zst.isUnchanged()) && (await zst.isInPlace()) ? 'copied' : 'changed';
}

/** Copies by reference; false where that is not possible. */
async function clone(zst: PinnedFile, target: string): Promise<boolean> {
  try {
    await copyFile(zst.path, target, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    await rm(target, { force: true }); // begun, or another file by now: pieces are copied of what is open
    return false;
  }
  const file = await open(target, 'r+');
  try {
    await finish(file, zst.mtimeSeconds);
  } finally {
    await file.close();
  }
  return true;
}

function copyPieces(zst: PinnedFile, target: string, giveWay: () => Promise<void>): Promise<void> {
  return writeSynced(target, zst.mtimeSeconds, async (file) => {
    const piece = readMemory(Math.min(PIECE_BYTES, zst.size));
    for (let at = 0; at < zst.size; ) {
      await giveWay();
      const count = await zst.read(piece, 0, Math.min(piece.length, zst.size - at), at);
      if (count === 0) return; // it was cut, which is a change
      await file.writeFile(piece.subarray(0, count)); // all of it, where it stands: write() may write less
      at += count;
    }
  });
}

async function writeSynced(
  target: string,
  mtimeSeconds: number,
  fill: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = await open(target, 'wx', 0o600);
  try {
    await fill(file);
    await finish(file, mtimeSeconds);
  } finally {
    await file.close();
  }
}

/** Times are for people, and say when the build was made. */
async function finish(file: FileHandle, mtimeSeconds: number): Promise<void> {
  await file.utimes(mtimeSeconds, mtimeSeconds);
  await file.sync();
}
