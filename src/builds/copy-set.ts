import { constants } from 'node:fs';
import { copyFile, type FileHandle, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../errors.ts';
import { hasRoom } from '../images/disk-room.ts';
import { SET_FILES } from '../images/image-name.ts';
import type { ImageSet } from '../images/image-set.ts';
import type { PinnedFile } from '../images/pinned-file.ts';
import { readMemory } from '../images/read-memory.ts';
import { accessIn, createFile, giveAccess, type NewAccess, type SetAccess } from '../images/set-access.ts';
import { syncFolder } from '../images/sync-folder.ts';
import { makeFolder } from '../make-folder.ts';

/** What came of copying a set aside. */
export type CopyResult =
  | 'copied'
  /** Its files were written to meanwhile: what was copied may be of two builds. */
  | 'changed'
  /** The disk has no room for it. */
  | 'no room'
  /** Some who may read the files that it is modelled on could not read it. */
  | 'unreadable';

export interface CopyOptions {
  /** Awaited before each piece. */
  readonly giveWay?: () => Promise<void>;
  /** Bytes that the disk must have left afterwards; 0 without it. */
  readonly leaves?: number;
  /** Who may read the copy, which may hold secrets, and lie where others can get: its owner alone without it. */
  readonly access?: NewAccess<SetAccess>;
}

/** Copied at a time: other work waits for the disk no longer than for this. */
const PIECE_BYTES = 4 * 1024 * 1024;

/** Absent on Windows. */
const { O_RDONLY, O_NOFOLLOW = 0 } = constants;

/**
 * Copies an open set into the new folder `target`, under the same names: by reference where the file system can
 * (`FICLONE`), else piece by piece. The files are on the disk when this returns (fsync(2)). Never a hard link: a link changes the times of what is being sent, and an image that is rewritten in place
 * would change with its copy.
 * @throws system errors and what `giveWay` throws. What was copied until then is left to whoever made the name.
 */
export async function copySet(
  set: ImageSet,
  target: string,
  { giveWay = async () => {}, leaves = 0, access = 'owner' }: CopyOptions = {},
): Promise<CopyResult> {
  const { image, buildId, zst, checksumsFile } = set;
  await makeFolder(target);
  const write = async (role: keyof SetAccess, mtimeSeconds: number, fill: (file: NewFile) => Promise<CopyResult>) => {
    const filePath = path.join(target, image + SET_FILES[role]);
    const handle = await createFile(filePath, typeof access === 'string' ? access : access[role]);
    if (handle === undefined) return 'unreadable';
    try {
      const result = await fill({ path: filePath, handle });
      await finish(handle, mtimeSeconds);
      return result;
    } finally {
      await handle.close();
    }
  };
  const writeText = (role: keyof SetAccess, mtimeSeconds: number, text: string | Buffer) =>
    write(role, mtimeSeconds, async ({ handle }) => {
      await handle.writeFile(text);
      return 'copied';
    });

  const result = await write('zst', zst.mtimeSeconds, async (file) => {
    if (await clone(zst, file)) return 'copied';
    if (!(await hasRoom(target, zst.size + leaves))) return 'no room';
    await copyPieces(zst, file.handle, giveWay);
    return 'copied';
  });
  if (result !== 'copied') return result;
  const sums = await writeText('checksums', checksumsFile.mtimeSeconds, checksumsFile.content);
  if (sums !== 'copied') return sums;
  const id = await writeText('buildId', zst.mtimeSeconds, `${buildId}  ${image}.img\n`);
  if (id !== 'copied') return id;
  await syncFolder(target);
  return (await zst.isUnchanged()) && (await zst.isInPlace()) ? 'copied' : 'changed';
}

/** A file that was just made, and is open to be written. */
interface NewFile {
  readonly path: string;
  readonly handle: FileHandle;
}

/** Puts a copy by reference in the place of the new file, with the same access; false where that is not possible. */
async function clone(zst: PinnedFile, made: NewFile): Promise<boolean> {
  const beside = `${made.path}.clone`;
  try {
    await copyFile(zst.path, beside, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    await rm(beside, { force: true }); // begun, or another file by now: pieces are copied of what is open
    return false;
  }
  const file = await open(beside, O_RDONLY | O_NOFOLLOW);
  try {
    await giveAccess(file, await accessIn(made.handle)); // it has that of the file that it is a copy of
    await finish(file, zst.mtimeSeconds);
  } finally {
    await file.close();
  }
  await rename(beside, made.path);
  return true;
}

async function copyPieces(zst: PinnedFile, file: FileHandle, giveWay: () => Promise<void>): Promise<void> {
  const piece = readMemory(Math.min(PIECE_BYTES, zst.size));
  for (let at = 0; at < zst.size; ) {
    await giveWay();
    const count = await zst.read(piece, 0, Math.min(piece.length, zst.size - at), at);
    if (count === 0) return; // it was cut, which is a change
    await file.writeFile(piece.subarray(0, count)); // all of it, where it stands: write() may write less
    at += count;
  }
}

/** Times are for people, and say when the build was made. */
async function finish(file: FileHandle, mtimeSeconds: number): Promise<void> {
  await file.utimes(mtimeSeconds, mtimeSeconds);
  await file.sync();
}
