import path from 'node:path';
import { COMMAND_LINE, ENGLISH, type Remedies, type Words } from '../words.ts';
import { SET_FILES } from './image-name.ts';

/** Whether a file in an image folder itself is an image, as mkbox leaves it in a box's folder. */
export function isLooseImage(fileName: string): boolean {
  return fileName.endsWith(SET_FILES.zst);
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
