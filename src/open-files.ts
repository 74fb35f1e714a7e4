import { readdir, readFile } from 'node:fs/promises';
import { unlessBug } from './errors.ts';

/** proc(5): the soft limit of RLIMIT_NOFILE (getrlimit(2)), which Node raises to the hard one when it starts. */
const MOST_OPEN_FILES = /^Max open files +(\d+)/m;

/** How many more files the system lets this process open; undefined where it does not tell, as systems without /proc. */
export async function openFilesLeft(): Promise<number | undefined> {
  try {
    const [, most] = MOST_OPEN_FILES.exec(await readFile('/proc/self/limits', 'latin1')) ?? [];
    return most === undefined ? undefined : Number(most) - (await readdir('/proc/self/fd')).length;
  } catch (error) {
    return unlessBug(error);
  }
}
