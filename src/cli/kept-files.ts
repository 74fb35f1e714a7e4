import { stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../errors.ts';
import { type CommandSettings, UsageError } from './environment.ts';

/**
 * Sees that STATE_PATH and CHECKS_PATH name a file each, or nothing yet: a file is written by being replaced, and what
 * else has the name is not ours to replace. KEEP_PATH names a folder, which is not that of the images.
 * @throws UserError
 */
export async function checkKeptFiles({ statePath, checksPath, keep, imagePath }: CommandSettings): Promise<void> {
  if (statePath !== undefined && checksPath !== undefined && path.resolve(statePath) === path.resolve(checksPath)) {
    throw new UsageError(`STATE_PATH and CHECKS_PATH are the same file, ${statePath}; each needs its own`);
  }
  if (statePath !== undefined) await checkFile('STATE_PATH', statePath, 'boards.json');
  if (checksPath !== undefined) await checkFile('CHECKS_PATH', checksPath, 'checks.json');
  if (keep === undefined) return;
  const stats = await stat(keep.folder).catch(() => undefined);
  if (stats?.isDirectory() === false) throw new UserError(`KEEP_PATH: ${keep.folder} is not a folder; name one`);
  if (path.resolve(keep.folder) === path.resolve(imagePath)) {
    throw new UsageError(`KEEP_PATH and IMAGE_PATH are the same folder, ${keep.folder}; kept builds need their own`);
  }
}

async function checkFile(name: string, filePath: string, usual: string): Promise<void> {
  const stats = await stat(filePath).catch(() => undefined);
  if (stats === undefined || stats.isFile()) return;
  const remedy = stats.isDirectory() ? `name one, such as ${path.join(filePath, usual)}` : 'name one';
  throw new UserError(`${name}: ${filePath} is not a file; ${remedy}`);
}
