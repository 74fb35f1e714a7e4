import { ENGLISH, type Words } from '../words.ts';
import { volumeDamageText } from './damaged-volume.ts';

/** Why a path can't be looked at. */
export type TreeFault =
  | { readonly kind: 'missing' }
  /** A part of the path that is not the last one is no folder. */
  | { readonly kind: 'not a folder' }
  | { readonly kind: 'not a file' }
  | { readonly kind: 'too many links' }
  | { readonly kind: 'damaged'; readonly reason: string };

/** The fault in words, with its path: `/etc/x: no such file or folder`. */
export function treeFaultText(path: string, fault: TreeFault, words: Words = ENGLISH): string {
  switch (fault.kind) {
    case 'missing':
      return words.t('{0}: no such file or folder', path);
    case 'not a folder':
      return words.t('{0}: not a folder', path);
    case 'not a file':
      return words.t('{0}: not a regular file', path);
    case 'too many links':
      return words.t('{0}: too many levels of symbolic links', path);
    case 'damaged':
      return volumeDamageText(path, fault.reason, words);
  }
}
