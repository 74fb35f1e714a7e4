import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { systemErrorCode } from '../errors.ts';
import { SET_FILES } from './image-name.ts';

/** The three files of a new set, complete and synced, in the folder of the old one under names that are not published. */
export type SetParts = Readonly<Record<keyof typeof SET_FILES, string>>;

/**
 * How long an old set stays without its checksums before anything else of it changes. A request opens the three files
 * within a few milliseconds: one that has the old `.img.zst` open has long opened the rest, or found it missing.
 */
const SETTLE_MS = 100;

/**
 * Puts a new set in the place of the old one, if any, so that no request sees files of both. The order:
 *
 * 1. the old `.img.sha256`, then the old `.img.buildID`, are put aside: the set is incomplete, and answered 404;
 * 2. after a pause, the new `.img.zst` takes the old one's name in one step;
 * 3. the new `.img.buildID` appears, and the new `.img.sha256` last: with it the set is whole.
 *
 * A request opens the `.img.zst` first, then the `.img.sha256`, then the `.img.buildID`. If it opened the new
 * `.img.zst` (after 2), then the checksums it finds, if any, are the new ones, and they come after the new build ID. If
 * it opened the old one (before 2), it finds the old checksums or none, unless it takes longer than the pause and all
 * of 3 from its first file to its second; and the old build ID or none, unless it takes as long to its third. A
 * transfer that runs goes on with the old `.img.zst`, which is open and whole.
 *
 * The folder is synced (fsync(2)) between the steps, so that after a power cut, too, no two builds are mixed: the set is
 * old, incomplete or new.
 * @throws what renaming may throw, and the signal's reason when it is aborted before step 2: the old files are back
 * then. If step 3 fails, which takes a disk that breaks at that moment, the set is left incomplete, never mixed.
 */
export async function publishSet(folder: string, image: string, parts: SetParts, signal?: AbortSignal): Promise<void> {
  const place = (role: keyof SetParts) => path.join(folder, image + SET_FILES[role]);
  const old = { checksums: `${parts.checksums}.old`, buildId: `${parts.buildId}.old` };
  try {
    const replaces = await moveIfThere(place('checksums'), old.checksums);
    await moveIfThere(place('buildId'), old.buildId);
    await syncFolder(folder);
    if (replaces) await setTimeout(SETTLE_MS, undefined, signal === undefined ? {} : { signal });
    await rename(parts.zst, place('zst'));
  } catch (error) {
    await moveIfThere(old.buildId, place('buildId'));
    await moveIfThere(old.checksums, place('checksums'));
    signal?.throwIfAborted();
    throw error;
  }
  try {
    await syncFolder(folder);
    await rename(parts.buildId, place('buildId'));
    await syncFolder(folder);
    await rename(parts.checksums, place('checksums'));
    await syncFolder(folder);
  } finally {
    await rm(old.buildId, { force: true });
    await rm(old.checksums, { force: true });
  }
}

/** Renames `from` to `to`; answers whether there was such a file. */
async function moveIfThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Makes renames in `folder` last through a power cut. Windows opens no folders, and some file systems sync none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (systemErrorCode(error) !== 'EINVAL') throw error;
  } finally {
    await handle.close();
  }
}
