import type { ContentsFault, ForeignFault } from '../contents/contents-fault.ts';
import type { ZstdDamage } from '../images/zstd/frame-scanner.ts';

/** What is wrong with a set: reason enough not to hand it out. Digests and build IDs are hexadecimal. */
export type Finding =
  /** The `.img.zst` has not the digest that the `.img.sha256` gives it. */
  | { readonly kind: 'digest'; readonly expected: string; readonly actual: string }
  /** A board's `zstdcat` would stop in the middle, with half an image on the disk. */
  | { readonly kind: 'damaged'; readonly damage: ZstdDamage }
  /** What it decompresses to has not the digest that the `.img.sha256` gives the raw image. */
  | { readonly kind: 'raw digest'; readonly expected: string; readonly actual: string }
  /** A board could not boot it, or would never ask again. */
  | { readonly kind: 'contents'; readonly fault: ContentsFault }
  /** The raw image ends (bytes) before its last partition does. */
  | { readonly kind: 'raw size'; readonly rawBytes: number; readonly partitionsEnd: number }
  /** A board that runs the image reports another build than the one that is offered: it would flash it at every boot. */
  | { readonly kind: 'build ID'; readonly inside: string; readonly outside: string }
  /** The image was built for another box, or another board, than its name says. */
  | { readonly kind: 'box' | 'board'; readonly inside: string }
  /** Its `board.conf` says nothing of what a board needs to ask for updates, and to be told that it has them. */
  | { readonly kind: 'not said'; readonly what: 'build ID' | 'box' | 'board' };

/** What could not be checked, and so is not known to be right. */
export type Gap =
  /** The `.img.sha256` has no line for the raw image. */
  | { readonly kind: 'no raw digest' }
  /** There was no room to keep the boot partition for a look: the system's name for the reason, and where. */
  | { readonly kind: 'not looked inside'; readonly why: string }
  /** It is an image of another kind than mkbox makes, which is let through on someone's word. */
  | { readonly kind: 'foreign'; readonly fault: ForeignFault };
