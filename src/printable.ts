/** Printable ASCII, which most texts are in and which needs no escapes. */
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * Characters that a terminal or a log viewer interprets: controls (C0, DEL, C1), direction marks and other format
 * characters, unassigned and private ones, lone surrogates, and the two separators that some programs end lines at.
 */
const ACTIVE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** `text` as one line that is safe to print: what others sent can't write lines of its own, or steer a terminal. */
export function printable(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(ACTIVE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** `value` as one line of JSON that is safe to print, and reads back as the same value. */
export function printableJson(value: object): string {
  return JSON.stringify(value).replace(ACTIVE, escapeUnits);
}

/** RFC 8259, section 7: a character beyond the basic plane is escaped as its two UTF-16 code units. */
function escapeUnits(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
