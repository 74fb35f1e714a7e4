import { open } from 'node:fs/promises';
import { systemErrorCode } from '../errors.ts';

/**
 * Makes renames in `folder` last through a power cut (fsync(2)). Windows opens no folders, and some file systems sync none.
 * @throws system errors
 */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (systemErrorCode(error) !== 'EINVAL') throw error;
  } finally {
    await handle.close();
  }
}
