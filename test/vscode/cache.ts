/** The folder that keeps what the tests in VS Code need: filled once, kept between runs. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

export const PROJECT_ROOT = path.resolve(import.meta.dirname, '../..');

/** Where VS Code and a browser are kept: `.vscode-test/` in the project, or the folder MKBOX_VSCODE_CACHE names. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  return path.resolve(PROJECT_ROOT, env.MKBOX_VSCODE_CACHE || '.vscode-test');
}

/** One thing to keep: where it lies, what exactly it is, and how it is made. */
export interface Kept {
  /** A folder; its name with `.lock` and `.lock-journal` appended belongs to it too. */
  folder: string;
  /** Everything that decides what is inside: another text here, and it is made again. */
  contents: string;
  /** Makes it, in the empty folder. */
  make(folder: string): Promise<void>;
  progress(line: string): void;
}

/**
 * Makes a folder unless it is there, whole and of the same contents. A stamp, put in place last, tells whole from
 * half done; of several runs at once, one makes it and the others wait.
 */
export async function keep(kept: Kept): Promise<void> {
  if (await isWhole(kept)) {
    return;
  }
  await mkdir(path.dirname(kept.folder), { recursive: true });
  const unlock = await lock(`${kept.folder}.lock`, kept.progress);
  try {
    if (await isWhole(kept)) {
      return;
    }
    await rm(kept.folder, { recursive: true, force: true });
    await mkdir(kept.folder);
    await kept.make(kept.folder);
    const stamp = stampOf(kept.folder);
    await writeFile(`${stamp}.new`, kept.contents);
    await rename(`${stamp}.new`, stamp);
  } finally {
    unlock();
  }
}

async function isWhole({ folder, contents }: Kept): Promise<boolean> {
  const stamp = await readFile(stampOf(folder), 'utf8').catch(() => undefined);
  return stamp === contents;
}

function stampOf(folder: string): string {
  return path.join(folder, '.stamp');
}

const LOCK_POLL_MS = 100;

/** SQLite's file lock: the kernel lets go of it when its holder dies, so there is no stale lock to judge. */
async function lock(file: string, progress: (line: string) => void): Promise<() => void> {
  const database = new DatabaseSync(file, { timeout: 0 });
  for (let told = false; ; ) {
    try {
      database.exec('BEGIN EXCLUSIVE');
      return () => database.close();
    } catch (error) {
      if (!String(error).includes('database is locked')) {
        database.close();
        throw error;
      }
    }
    if (!told) {
      progress(`Waiting for another run that fills ${path.dirname(file)} …`);
      told = true;
    }
    await sleep(LOCK_POLL_MS);
  }
}
