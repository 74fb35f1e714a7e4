import { ENGLISH, type Words } from '../words.ts';

/** A file system contradicts itself: a file or a folder in it can't be read to its end. The message says how. */
export class DamagedVolume extends Error {
  override readonly name = 'DamagedVolume';
}

/** What each kind of file system may be found to have. */
export const damagedName = () => new DamagedVolume('a folder has a damaged name');
export const endsWithin = () => new DamagedVolume('the image ends within the file system');
export const tooManyEntries = () => new DamagedVolume('a folder has too many entries');
export const longTarget = () => new DamagedVolume('the target of a link is too long');

/** That of a file system, in a clause. */
export function volumeDamageText(where: string, reason: string, words: Words = ENGLISH): string {
  return words.t('{0}: the file system is damaged: {1}', where, reason);
}
