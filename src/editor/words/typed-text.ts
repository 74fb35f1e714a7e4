import type { Words } from '../../words.ts';

/** Why what someone types can't be kept whole: it has more than `most` characters; undefined if it has not. */
export function lengthProblem(typed: string, most: number, words: Words): string | undefined {
  const { length } = typed.trim();
  return length <= most ? undefined : words.t('At most {0} characters; these are {1}', most, length);
}
