import fs from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode, unlessBug } from '../errors.ts';
import type { FolderPlace } from './box-folder.ts';
import { isInside } from './pinned-file.ts';

/** A link in an image folder that is not followed: nothing behind it is served. */
export interface SkippedLink {
  readonly path: string;
  /** Its target, resolved; undefined if that can't be found: nothing is there, links form a circle, or the system can't say. */
  readonly target: string | undefined;
}

/** The system's codes for a link behind which nothing is, or nothing may be read. `EACCES`: a folder on the way may not be searched. */
const LEADS_NOWHERE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES']);

/**
 * Where the link at `place` leads: to a folder inside the image folder, or, if `followsLinks`, any folder. Undefined where
 * it leads to something else than a folder. A link of which the system can't say for now where it leads (`EIO`, a mount
 * that died) is its own box's outage, in the place that was `known` of it; where it would not be followed, it is skipped.
 */
export async function followLink(
  place: FolderPlace,
  followsLinks: boolean,
  known?: FolderPlace,
): Promise<FolderPlace | SkippedLink | undefined> {
  const { root, path: link, answers } = place;
  try {
    const target = await answers.to(() => fs.realpath(link));
    if (!(await answers.to(() => fs.stat(target))).isDirectory()) return undefined;
    if (isInside(root, target)) return place;
    return followsLinks ? { ...place, root: target } : { path: link, target };
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    if (LEADS_NOWHERE.has(code)) return { path: link, target: undefined };
    if (followsLinks) return known ?? { ...place, root: link }; // below a link no resolved path lies: nothing is opened
    return (await isWrittenInside(root, link)) ? place : { path: link, target: undefined };
  }
}

/** Whether a link leads to another place in `root`, its folder, as it is written: nothing behind it is looked at. */
async function isWrittenInside(root: string, link: string): Promise<boolean> {
  const written = await fs.readlink(link).catch(unlessBug); // it may be gone by now
  return written !== undefined && isInside(root, path.resolve(root, written));
}
