import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../errors.ts';
import { SET_FILES } from '../image-name.ts';
import { syncFolder } from '../sync-folder.ts';

/** The three files of a new set, complete and synced, in the folder of the old one under names that are not published. */
export type SetParts = Readonly<Record<keyof typeof SET_FILES, string>>;

/**
 * Puts a new set in the place of the old one, if any, so that no request sees files of both. The order:
 *
 * 1. the old `.img.sha256` is put aside: the set is incomplete, and answered 404;
 * 2. the new `.img.zst` takes the old one's name in one step (rename(2));
 * 3. so does the new `.img.buildID`;
 * 4. the new `.img.sha256` appears: with it the set is whole.
 *
 * A request opens the `.img.zst` first, then the `.img.sha256`, then the `.img.buildID`, and looks again whether the name
 * of the first still leads to what it opened (`openImageSet`). If it opened the new `.img.zst` (after 2), then the
 * checksums it finds, if any, are the new ones (after 4), and the build ID it opens after them is the new one too. If it
 * opened the old `.img.zst` (before 2), then it finds the old checksums (before 1), or none; should it find anything new
 * after them (after 3), then the name leads to the new `.img.zst` by then, and it begins anew. A transfer that runs goes
 * on with the old `.img.zst`, which it holds open, and whole.
 *
 * The folder is synced (fsync(2)) between the steps, so that after a power cut, too, no two builds are mixed: the set is
 * old, incomplete or new.
 * @throws what renaming may throw, and the signal's reason when it is aborted before step 2: the old set is whole again
 * then. Should step 3 or 4 fail, for which a disk has to break at that moment, the set stays incomplete, never mixed.
 */
export async function publishSet(folder: string, image: string, parts: SetParts, signal?: AbortSignal): Promise<void> {
  const place = (role: keyof SetParts) => path.join(folder, image + SET_FILES[role]);
  const oldChecksums = `${parts.checksums}.old`;
  try {
    await moveIfThere(place('checksums'), oldChecksums);
    await syncFolder(folder);
    signal?.throwIfAborted();
    await rename(parts.zst, place('zst'));
  } catch (error) {
    await moveIfThere(oldChecksums, place('checksums'));
    throw error;
  }
  await rm(oldChecksums, { force: true });
  await syncFolder(folder);
  await rename(parts.buildId, place('buildId'));
  await syncFolder(folder);
  await rename(parts.checksums, place('checksums'));
  await syncFolder(folder);
}

async function moveIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
}
