import { readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../errors.ts';
import { imageOfSetFile, SET_FILES } from '../images/image-name.ts';
import { unlessAbsent } from '../images/outage.ts';
import { syncFolder } from '../images/sync-folder.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';

/** The folder in a box's folder that sets are published from. */
export const PUBLISH_FOLDER = '.publish';

/** What the folders in it begin with that hold a set each. */
export const STAGING = 'set.';

const OLD_CHECKSUMS = `${SET_FILES.checksums}.old`;

/**
 * Makes whole what processes left in the box's folder that were killed while they published, as long as `lock`, that of its
 * folder for publishing, is held: who has it after that does the rest.
 * @throws system errors
 */
export async function recoverPublications(folder: string, lock: FolderLock): Promise<void> {
  const work = path.join(folder, PUBLISH_FOLDER);
  for (const name of await readdir(work)) {
    if (!name.startsWith(STAGING)) continue;
    if (!(await lock.isHeld())) return;
    await recoverPublication(folder, path.join(work, name));
  }
}

/**
 * Makes one of them whole, by whoever has the lock. The order of `publishSet` tells where it was. If the new `.img.zst` is in
 * place, the rest of the new set follows; else the old checksums, which may have been put aside, come back. What is left of the
 * staged set goes.
 * @throws system errors
 */
export async function recoverPublication(folder: string, staging: string): Promise<void> {
  const files = await readdir(staging).catch(unlessAbsent);
  if (files === undefined) return; // whoever made it was stopped, not killed, and removed it
  for (const image of imagesOf(files)) await recover(folder, staging, image, new Set(files));
  await syncFolder(folder);
  await removeStaged(staging);
}

/**
 * Removes a staged set of which nothing is in place. Its checksums go first: without a `.img.zst` beside them, they would be
 * taken for those of one that is in place, should this process end now.
 * @throws system errors
 */
export async function removeStaged(staging: string): Promise<void> {
  for (const name of (await readdir(staging).catch(unlessAbsent)) ?? []) {
    if (name.endsWith(SET_FILES.checksums)) await rm(path.join(staging, name), { force: true });
  }
  await rm(staging, { recursive: true, force: true });
}

/** Makes whole what was left in a box's folder, when nobody publishes there. @throws system errors */
export async function recoverBox(folder: string): Promise<void> {
  const work = path.join(folder, PUBLISH_FOLDER);
  const names = await readdir(work).catch(unlessAbsent);
  if (!names?.some((name) => name.startsWith(STAGING))) return;
  await using lock = await lockFolder(work);
  await recoverPublications(folder, lock);
}

function imagesOf(files: readonly string[]): Set<string> {
  const names = files.map((file) => imageOfSetFile(file.replace(/\.old$/, '')));
  return new Set(names.filter((name) => name !== undefined));
}

async function recover(folder: string, staging: string, image: string, files: ReadonlySet<string>): Promise<void> {
  const move = (from: string, to: string) => rename(path.join(staging, image + from), path.join(folder, image + to));
  // a build that came since has its own
  if (await isThere(path.join(folder, image + SET_FILES.checksums))) return;
  const isNewInPlace = files.has(image + SET_FILES.checksums) && !files.has(image + SET_FILES.zst);
  if (isNewInPlace) {
    if (files.has(image + SET_FILES.buildId)) await move(SET_FILES.buildId, SET_FILES.buildId);
    await syncFolder(folder);
    await move(SET_FILES.checksums, SET_FILES.checksums);
  } else if (files.has(image + OLD_CHECKSUMS)) {
    await move(OLD_CHECKSUMS, SET_FILES.checksums);
  }
}

async function isThere(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    return false;
  }
}
