import path from 'node:path';
import { COMMAND_LINE, type Remedies } from '../remedies.ts';
import { ENGLISH, type Words } from '../words.ts';
import type { SkippedLink } from './linked-folder.ts';

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

/** That none of the images in an image folder is served, as it is the folder of a box, and what to do about it. */
export function looseImagesText(
  folder: string,
  words: Words = ENGLISH,
  { imagePath }: Remedies = COMMAND_LINE,
): string {
  return words.t(
    'images lie in {0} itself, but only those in the folders in it are served: {1} must be the folder above, {2}',
    folder,
    imagePath,
    path.dirname(folder),
  );
}
