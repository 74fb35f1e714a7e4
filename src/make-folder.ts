import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode, unlessBug } from './errors.ts';

/**
 * Makes a folder, and those above it, where there are none. `mkdir` with `recursive` does so, too, but calls a file system that
 * is read-only ENOENT: it names what `stat` said of the folder that it could not make (`MKDirpAsync` in Node's node_file.cc).
 * @throws system errors
 */
export async function makeFolder(folder: string, mode = 0o777): Promise<void> {
  try {
    await makeLast(folder, mode);
  } catch (error) {
    const above = path.dirname(folder);
    if (systemErrorCode(error) !== 'ENOENT' || above === folder) throw error;
    await makeFolder(above, mode);
    await makeLast(folder, mode);
  }
}

/** Which error `mkdir` has for a folder that is there depends on the system, and on the disk. A link that leads nowhere is ENOENT. */
async function makeLast(folder: string, mode: number): Promise<void> {
  try {
    await mkdir(folder, mode);
  } catch (error) {
    const isThere = systemErrorCode(error) === 'EEXIST';
    const stats = isThere ? await stat(folder) : await stat(folder).catch(unlessBug);
    if (!stats?.isDirectory()) throw error;
  }
}
