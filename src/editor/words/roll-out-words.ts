import type { Words } from './words.ts';

/** Where a roll-out stands, with how many boards run its build. */
export function withProgress(
  text: string,
  { confirmed, of }: { readonly confirmed: number; readonly of: number },
  words: Words,
): string {
  return words.t('{0}; {1} of {2} confirmed', text, confirmed, of);
}
