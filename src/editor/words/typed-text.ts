import { MOST_TAGS, MOST_TEXT } from '../../boards/limits.ts';
import type { Words } from '../../words.ts';

/** Why what someone types can't be kept whole: it has more than `most` characters; undefined if it has not. */
export function lengthProblem(typed: string, most: number, words: Words): string | undefined {
  const { length } = typed.trim();
  return length <= most ? undefined : words.t('At most {0} characters; these are {1}', most, length);
}

/** The tags in what someone types, each once, as they are kept: commas separate them. */
export function tagsIn(typed: string): string[] {
  const tags = typed.split(',').map((tag) => tag.trim().replace(/^#\s*/, '').replace(/\s+/g, '-'));
  return [...new Set(tags.filter((tag) => tag !== ''))];
}

/** Why not all of `tags` can be kept, or not whole; `others`: the tags that each board has besides. Undefined if they can. */
export function tagsProblem(
  tags: readonly string[],
  others: readonly (readonly string[])[],
  words: Words,
): string | undefined {
  const count = Math.max(tags.length, ...others.map((own) => new Set([...own, ...tags]).size));
  if (count > MOST_TAGS) return words.t('At most {0} tags per board; these would be {1}', MOST_TAGS, count);
  return tags.map((tag) => lengthProblem(tag, MOST_TEXT, words)).find((problem) => problem !== undefined);
}
