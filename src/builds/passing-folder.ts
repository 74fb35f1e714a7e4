import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { isRunning } from '../running.ts';

/** A folder that is there only while a process works on it: hidden, and named by what it is for and by that process. */
const PASSING = /^\..+\.(\d+)\.(?:part|gone)$/;

/** The name of a folder in which this process makes `name`, which is renamed into place when it is complete. */
export function partName(name: string): string {
  return `.${name}.${process.pid}.part`;
}

/** The name that `name` is given before it is removed, so that nobody sees it half removed. */
export function goneName(name: string): string {
  return `.${name}.${process.pid}.gone`;
}

/** Removes from `folder` what processes left there that are gone; and, of this process, what an earlier one of its number left. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const [, pid] = PASSING.exec(name) ?? [];
    const isOthers = Number(pid) !== process.pid && isRunning(Number(pid));
    if (pid === undefined || isOthers) continue;
    await rm(path.join(folder, name), { recursive: true, force: true });
  }
}
