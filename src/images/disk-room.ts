import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../errors.ts';

/** The file system that a folder lies on, in bytes. `freeBytes`: what this process may still write. */
export interface DiskRoom {
  readonly freeBytes: number;
  readonly sizeBytes: number;
}

/**
 * How much room there is where `folder` lies, or will lie; undefined while that can't be looked at, and on a file system
 * that does not count it, as a ramfs: statfs(2) tells of no blocks at all there.
 */
export async function diskRoom(folder: string): Promise<DiskRoom | undefined> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return blocks === 0 ? undefined : { freeBytes: bavail * bsize, sizeBytes: blocks * bsize };
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    const above = path.dirname(folder);
    return code === 'ENOENT' && above !== folder ? diskRoom(above) : undefined;
  }
}

/**
 * Whether so many bytes can be written into `folder`, as far as its file system tells.
 * @throws the system's error when that can't be looked at
 */
export async function hasRoom(folder: string, bytes: number): Promise<boolean> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return blocks === 0 || bavail * bsize >= bytes;
}
