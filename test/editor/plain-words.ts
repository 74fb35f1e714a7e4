import type { Words } from '../../src/editor/words/words.ts';

/** Texts as they stand in the source, with their placeholders filled. */
export const PLAIN: Words = {
  t: (message, ...args) => message.replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)])),
};

/** `text` with spaces in place of those that Intl puts between a number and its unit. */
export function plainSpaces(text: string): string {
  return text.replace(/[\u00A0\u202F\u2009]/g, ' ');
}
