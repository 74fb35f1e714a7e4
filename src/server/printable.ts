/** Printable ASCII, which most requests are in and which needs no escapes. */
const PLAIN = /^[\x20-\x7e]*$/;

/** Control and format characters as escapes: what others send can't write lines of its own into a log. */
export function printable(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
