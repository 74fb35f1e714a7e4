import { isUtf8 } from 'node:buffer';

/** The bytes of a character, by how many of the upper bits of its first byte are set (RFC 3629, section 3). */
const LONGEST_CHARACTER = 4;

/** A backslash that could be taken for the escape of a byte, or of itself. */
const LIKE_ESCAPE = /\\(?=x(?:[89a-f][0-9a-f]|5c))/g;

/**
 * A file's name from its bytes: UTF-8, and `\xe9` for a byte that is no part of that, so that different names in one folder
 * stay different, and a path is read as its parts are. A backslash that looks like the beginning of such is `\x5c`.
 */
export function fileName(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString().replace(LIKE_ESCAPE, '\\x5c');
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    if (length === 0) {
      parts.push(fileName(bytes.subarray(start, at)), `\\x${bytes.readUInt8(at).toString(16)}`);
      start = at + 1;
    }
    at += Math.max(length, 1);
  }
  parts.push(fileName(bytes.subarray(start)));
  return parts.join('');
}

/** How many bytes the character at a place has; 0 where there is none. */
function characterLength(bytes: Buffer, at: number): number {
  for (let length = 1; length <= LONGEST_CHARACTER; length++) {
    if (at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length))) return length;
  }
  return 0;
}
