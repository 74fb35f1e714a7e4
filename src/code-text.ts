import { ENGLISH, type Told } from './words.ts';

/** What the system's names for an error mean, of those that people can do something about: errno(3), getaddrinfo(3). */
const MEANINGS: Readonly<Record<string, Told>> = {
  EACCES: (words) => words.t('permission denied'),
  EAI_AGAIN: (words) => words.t('no name server answers'),
  ECONNREFUSED: (words) => words.t('nothing listens there'),
  EDQUOT: (words) => words.t('the quota is used up'),
  EHOSTUNREACH: (words) => words.t('that machine is out of reach'),
  EIO: (words) => words.t('the disk failed'),
  EMFILE: (words) => words.t('too many open files'),
  ENETUNREACH: (words) => words.t('no network leads there'),
  ENOSPC: (words) => words.t('the disk is full'),
  // as Node says EAI_NONAME
  ENOTFOUND: (words) => words.t('no machine has that name'),
  EPERM: (words) => words.t('not permitted'),
  EROFS: (words) => words.t('the disk is read-only'),
  ESTALE: (words) => words.t('the network drive is stale'),
  ETIMEDOUT: (words) => words.t('no answer came in time'),
};

/** The system's name for an error, and what it means. */
export function codeText(code: string, words = ENGLISH): string {
  const meaning = Object.hasOwn(MEANINGS, code) ? MEANINGS[code] : undefined;
  return meaning === undefined ? code : `${code}, ${meaning(words)}`;
}
