import { readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode, unlessBug } from '../errors.ts';
import { imageOfSetFile, SET_FILES } from '../images/image-name.ts';
import { unlessAbsent } from '../images/outage.ts';
import { syncFolder } from '../images/sync-folder.ts';
import { type FolderLock, isLockAlive, lockFolder } from './folder-lock.ts';

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
  for (const staging of await stagedIn(path.join(folder, PUBLISH_FOLDER))) {
    if (!(await lock.isHeld())) return;
    await recoverPublication(folder, staging);
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

/**
 * Makes whole what was left in a box's folder, when nobody publishes there.
 * @throws system errors, where a set is in part, and nobody is there to make it whole; the signal's reason
 */
export async function recoverBox(folder: string, signal?: AbortSignal): Promise<void> {
  const work = path.join(folder, PUBLISH_FOLDER);
  try {
    if ((await stagedIn(work)).length === 0) return;
    await using lock = await lockFolder(work, signal);
    await recoverPublications(folder, lock);
  } catch (error) {
    if (systemErrorCode(error) === undefined || (await isLeftInPart(folder, signal))) throw error;
  }
}

/** Whether a set is in part, and whoever publishes there, if anyone, does not make it whole. It only looks. */
async function isLeftInPart(folder: string, signal: AbortSignal | undefined): Promise<boolean> {
  if (!(await isInPart(folder))) return false;
  if (await isLockAlive(path.join(folder, PUBLISH_FOLDER), signal).catch(unlessBug)) return false;
  return await isInPart(folder);
}

async function isInPart(folder: string): Promise<boolean> {
  try {
    for (const staging of await stagedIn(path.join(folder, PUBLISH_FOLDER))) {
      const files = new Set((await readdir(staging).catch(unlessAbsent)) ?? []);
      for (const image of imagesOf(files)) if ((await repairOf(folder, image, files)) !== undefined) return true;
    }
    return false;
  } catch (error) {
    unlessBug(error);
    return await lacksChecksums(folder); // what was prepared is hidden from this user
  }
}

/** Whether a set in the folder has no checksums, as one that is in part. */
async function lacksChecksums(folder: string): Promise<boolean> {
  const names = new Set((await readdir(folder).catch(unlessBug)) ?? []);
  return [...imagesOf(names)].some(
    (image) => names.has(image + SET_FILES.zst) && !names.has(image + SET_FILES.checksums),
  );
}

async function stagedIn(work: string): Promise<string[]> {
  const names = (await readdir(work).catch(unlessAbsent)) ?? [];
  return names.filter((name) => name.startsWith(STAGING)).map((name) => path.join(work, name));
}

function imagesOf(files: Iterable<string>): Set<string> {
  const names = [...files].map((file) => imageOfSetFile(file.replace(/\.old$/, '')));
  return new Set(names.filter((name) => name !== undefined));
}

/** What makes an image whole: the rest of the new set, or the old checksums; undefined where it is whole, or never was. */
async function repairOf(folder: string, image: string, files: ReadonlySet<string>): Promise<'new' | 'old' | undefined> {
  // a build that came since has its own
  if (await isThere(path.join(folder, image + SET_FILES.checksums))) return undefined;
  if (files.has(image + SET_FILES.checksums) && !files.has(image + SET_FILES.zst)) return 'new';
  return files.has(image + OLD_CHECKSUMS) ? 'old' : undefined;
}

async function recover(folder: string, staging: string, image: string, files: ReadonlySet<string>): Promise<void> {
  const move = (from: string, to: string) => rename(path.join(staging, image + from), path.join(folder, image + to));
  const repair = await repairOf(folder, image, files);
  if (repair === 'old') await move(OLD_CHECKSUMS, SET_FILES.checksums);
  if (repair !== 'new') return;
  if (files.has(image + SET_FILES.buildId)) await move(SET_FILES.buildId, SET_FILES.buildId);
  await syncFolder(folder);
  await move(SET_FILES.checksums, SET_FILES.checksums);
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
