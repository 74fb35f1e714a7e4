import { isUtf8 } from 'node:buffer';

/**
 * A file's name from its bytes: UTF-8, or one character for each byte where it isn't, so that different names in one
 * folder stay different.
 */
export function fileName(bytes: Buffer): string {
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
}
