import { COMPRESSIONS } from './compression.ts';
import type { InitramfsFault } from './initramfs.ts';

/** What an image that a board boots does not have. */
export type ContentsFault =
  | 'no partition table'
  /** Its partition table is another than boards read. */
  | 'GPT'
  /** Its first partition holds no FAT file system that could be read. */
  | 'no FAT'
  /** The file system on the boot partition is damaged: a folder or a file in it can't be read to its end. */
  | 'boot partition damaged'
  | 'no initramfs'
  | 'initramfs too large'
  | InitramfsFault
  /** Its second partition holds no ext file system that fits into it. */
  | 'no root file system';

/** What an image of another kind may lack: nothing that is there says that mkbox made it. */
const FOREIGN_FAULTS = [
  'GPT',
  'no FAT',
  'no initramfs',
  'no U-Boot header',
  ...COMPRESSIONS.map((compression) => `compressed with ${compression}` as const),
  'no board.conf',
] as const;

export type ForeignFault = (typeof FOREIGN_FAULTS)[number];

/** Whether an image of another kind may lack that. */
export function isForeignFault(fault: ContentsFault): fault is ForeignFault {
  return FOREIGN_FAULTS.some((foreign) => foreign === fault);
}

/**
 * What makes an image one of another kind than mkbox's. Undefined if its `initramfs` has a `board.conf`, is damaged, or is
 * nothing that is known: then it has to be as mkbox makes it. A file system that lost its first sector can't be told from
 * none.
 */
export function foreignFault({ faults }: { readonly faults: readonly ContentsFault[] }): ForeignFault | undefined {
  return faults.find(isForeignFault);
}
