import { type Dirent, lstatSync, readdirSync, type Stats } from 'node:fs';
import path from 'node:path';
import { Slices } from '../../contents/slices.ts';
import { systemErrorCode } from '../../errors.ts';

/** A file, and when its content was last changed: milliseconds since 1970. */
export interface SeenFile {
  readonly path: string;
  readonly changedAtMs: number;
}

/** What a build leaves, and git's own. */
const NOT_COUNTED = /\.img(?:\.|$)|^\.git$/;

/** Looked at before the clock is: that takes a tenth of a millisecond or two. */
const FILES_AT_ONCE = 64;

/** Whether a file or folder of that name can make an image stale. */
export function isCounted(name: string): boolean {
  return !NOT_COUNTED.test(name);
}

/** A file as it is now; undefined where there is none, or a folder. */
export function seeFile(file: string): SeenFile | undefined {
  const stats = existing(() => lstatSync(file, { throwIfNoEntry: false }));
  return stats === undefined || stats.isDirectory() ? undefined : { path: file, changedAtMs: stats.mtimeMs };
}

/**
 * The newest file at or below `root`, besides images; undefined where there is none. `isLeftOut` is asked for each file and
 * folder. Looking at many files takes its time in slices: asynchronous calls would cost the thread several times as much.
 */
export async function newestFile(
  root: string,
  isLeftOut: (path: string) => boolean = () => false,
): Promise<SeenFile | undefined> {
  const slices = new Slices();
  const folders = [root];
  let newest: SeenFile | undefined;
  let count = 0;
  const see = (file: string) => {
    const seen = seeFile(file);
    if (seen !== undefined && seen.changedAtMs > (newest?.changedAtMs ?? 0)) newest = seen;
  };
  see(root);
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of entriesOf(folder)) {
      const file = folder + path.sep + entry.name; // what join() tidies up is tidy: it costs as much as the look itself
      if (!isCounted(entry.name) || isLeftOut(file)) continue;
      if (entry.isDirectory()) folders.push(file);
      else see(file);
      if (++count % FILES_AT_ONCE === 0) await slices.next();
    }
  }
  return newest;
}

function entriesOf(folder: string): Dirent[] {
  return existing(() => readdirSync(folder, { withFileTypes: true })) ?? [];
}

/** What the system says of a file or folder; undefined where it is gone or can't be read: a hint can do without it. */
function existing<T extends Dirent[] | Stats>(look: () => T | undefined): T | undefined {
  try {
    return look();
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return undefined;
  }
}
