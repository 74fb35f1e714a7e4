import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from './make-folder.ts';

/**
 * Replaces a file by a text, or bytes, readable by its owner only. It is written beside, synced and renamed, so a
 * reader finds the old or the new content, whole. The folder is made if there is none.
 * @throws system errors; then the file is as it was, and nothing is left beside it.
 */
export async function replaceFile(filePath: string, parts: Iterable<string | Uint8Array>): Promise<void> {
  await makeFolder(path.dirname(filePath));
  const beside = `${filePath}.${process.pid}.part`;
  try {
    await rm(beside, { force: true }); // left by one that was killed, or a link that someone laid there
    await using file = await open(beside, 'wx', 0o600);
    for (const part of parts) await file.writeFile(part); // all of it, or it throws: write() may write less
    await file.sync();
    await rename(beside, filePath);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
