import { constants } from 'node:fs';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode, unlessBug } from '../errors.ts';
import type { ImageSet } from '../images/image-set.ts';
import { accessOf } from '../images/set-access.ts';
import { type CopyResult, copySet } from './copy-set.ts';

/**
 * Who reads builds that are kept: this user alone; or a server that may run as another one. Then whoever may read an image may read
 * the copy of it, and folders are like those that they are made in, so that the server can remove them.
 */
export type KeptFor = 'this user' | 'others';

export interface KeptCopyOptions {
  /** The folder that builds are kept in. */
  readonly root: string;
  readonly keptFor: KeptFor;
  /** Awaited before each piece. */
  readonly giveWay: () => Promise<void>;
}

/** Copies an open set to `target`, a new folder below `root`. @throws what `copySet` does; what was copied until then stays */
export async function copyAside(
  set: ImageSet,
  target: string,
  { root, keptFor, giveWay }: KeptCopyOptions,
): Promise<CopyResult> {
  await rm(target, { recursive: true, force: true });
  const options = { giveWay, leaves: set.zst.size }; // the next build needs as much
  if (keptFor === 'this user' || process.platform === 'win32') return await copySet(set, target, options);
  await makeLikeParent(target, root);
  const access = await accessOf(path.dirname(set.zst.path), set.image);
  return access === undefined ? 'changed' : await copySet(set, target, { ...options, access });
}

/** Absent on Windows. */
const { O_RDONLY, O_DIRECTORY = 0, O_NOFOLLOW = 0 } = constants;

/** All mode bits but set-user-ID. */
const PASSED_ON = 0o3777;

/** Makes a folder, and those above it that are not there: owned as the one that each is made in, and open to the same below `root`. */
async function makeLikeParent(folder: string, root: string, isParentMade = false): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || isParentMade) throw error; // above is a link that leads nowhere
    await makeLikeParent(path.dirname(folder), root);
    return makeLikeParent(folder, root, true);
  }
  const { uid, gid, mode } = await stat(path.dirname(folder));
  const made = await open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW); // whoever owns the folder above may have put a link there
  try {
    await made.chown(uid, gid).catch(unlessBug); // only root may; another user may still be in the group
    if ((await made.stat()).gid !== gid) await made.chown((await made.stat()).uid, gid).catch(unlessBug);
    // the parent's mode would keep the server out of a folder of another group
    if (folder !== root && (await made.stat()).gid === gid) await made.chmod(mode & PASSED_ON);
  } finally {
    await made.close();
  }
}
