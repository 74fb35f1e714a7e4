import { ENGLISH, type Told } from './words.ts';

/** What the system's names for an error mean, of those that people can do something about: errno(3). */
const MEANINGS: Readonly<Record<string, Told>> = {
  EACCES: (words) => words.t('permission denied'),
  EDQUOT: (words) => words.t('the quota is used up'),
  EIO: (words) => words.t('the disk failed'),
  EMFILE: (words) => words.t('too many open files'),
  ENOSPC: (words) => words.t('the disk is full'),
  EPERM: (words) => words.t('not permitted'),
  EROFS: (words) => words.t('the disk is read-only'),
  ESTALE: (words) => words.t('the network drive is stale'),
};

/** The system's name for an error, and what it means. */
export function codeText(code: string, words = ENGLISH): string {
  const meaning = Object.hasOwn(MEANINGS, code) ? MEANINGS[code] : undefined;
  return meaning === undefined ? code : `${code}, ${meaning(words)}`;
}
