import fs from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../errors.ts';
import { COMMAND_LINE, ENGLISH, type Remedies, type Words } from '../words.ts';
import type { FolderPlace } from './box-folder.ts';
import { isInside } from './pinned-file.ts';

/** A link in an image folder that is not followed: nothing behind it is served. */
export interface SkippedLink {
  readonly path: string;
  /** Its target, resolved; undefined if that can't be found, because nothing is there or links form a circle. */
  readonly target: string | undefined;
}

/**
 * Where the link `box` in the image folder `root` leads, which is resolved: to a folder inside, or, if `followsLinks`, any
 * folder. Undefined where it leads to something else than a folder.
 * @throws the system's error when that can't be found out for now.
 */
export async function followLink(
  root: string,
  box: string,
  followsLinks: boolean,
): Promise<FolderPlace | SkippedLink | undefined> {
  const link = path.join(root, box);
  try {
    const target = await fs.realpath(link);
    if (!(await fs.stat(target)).isDirectory()) return undefined;
    if (isInside(root, target)) return { root, path: link, box };
    return followsLinks ? { root: target, path: link, box } : { path: link, target };
  } catch (error) {
    switch (systemErrorCode(error)) {
      case 'ENOENT':
      case 'ENOTDIR':
      case 'ELOOP':
      case 'EACCES': // a folder on the way may not be searched
        return { path: link, target: undefined };
      default:
        throw error;
    }
  }
}

/** Why the link is not followed, and what to do about it. */
export function skippedLinkText(
  { path: link, target }: SkippedLink,
  words: Words = ENGLISH,
  { followLinks }: Remedies = COMMAND_LINE,
): string {
  return target === undefined
    ? words.t('{0} is a link that leads nowhere, or where nothing may be read', link)
    : words.t(
        '{0} is a link out of the image folder, to {1}: the images in it are not served; {2} follows it',
        link,
        target,
        followLinks,
      );
}
