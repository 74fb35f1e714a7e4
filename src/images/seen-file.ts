import fs from 'node:fs';
import { systemErrorCode } from '../errors.ts';
import { type FileFault, type FileIdentity, openFault, sameIdentity } from './pinned-file.ts';

/** A file as seen from outside: its state, or why there is none. */
export type SeenFile =
  | { readonly kind: 'file'; readonly identity: FileIdentity }
  | { readonly kind: 'fault'; readonly problem: FileFault };

/** What the system says of a path when the folder, and not the file, can't be looked at. */
const FOLDER_CODES: ReadonlySet<string | undefined> = new Set(['EACCES', 'ESTALE']);

/**
 * Looks at a file without opening it, and follows no link.
 * @throws the system's error when its folder may not be searched, or has gone stale (NFS).
 */
export function seeFile(filePath: string): Promise<SeenFile> {
  // by a callback: a catalog looks at tens of thousands of files, and `fs.promises` takes twice the time
  return new Promise((resolve, reject) => {
    fs.lstat(filePath, { bigint: true }, (error, stats) => {
      if (!error) return resolve(seen(stats));
      try {
        resolve(unseen(error));
      } catch (folderError) {
        reject(folderError);
      }
    });
  });
}

/**
 * As `seeFile`, in this thread: it stands still until the file system answers.
 * @throws the system's error as `seeFile`.
 */
export function seeFileSync(filePath: string): SeenFile {
  try {
    const stats = fs.lstatSync(filePath, { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? { kind: 'fault', problem: 'missing' } : seen(stats);
  } catch (error) {
    return unseen(error);
  }
}

function unseen(error: unknown): SeenFile {
  const code = systemErrorCode(error);
  if (FOLDER_CODES.has(code)) throw error;
  // what is longer than a name may be can't be there
  return { kind: 'fault', problem: code === 'ENAMETOOLONG' ? 'missing' : openFault(code) };
}

function seen(stats: fs.BigIntStats): SeenFile {
  if (stats.isSymbolicLink()) return { kind: 'fault', problem: 'link' };
  if (!stats.isFile()) return { kind: 'fault', problem: 'not a file' };
  const { dev, ino, size, mtimeNs, ctimeNs } = stats;
  return { kind: 'file', identity: { dev, ino, size, mtimeNs, ctimeNs } };
}

/**
 * File systems keep times in steps (2 s on FAT, a kernel tick elsewhere): a change right after a look may leave the time
 * as the look saw it. What is this young at a look is looked at again.
 */
export const YOUNG_MS = 2_000;

/** Whether a write right after the look at a file, which was at `nowMs`, may leave its times as they were. */
export function isYoung(file: SeenFile, nowMs: number): boolean {
  if (file.kind === 'fault') return false;
  const { mtimeNs, ctimeNs } = file.identity;
  return [mtimeNs, ctimeNs].some((timeNs) => Math.abs(nowMs - Number(timeNs / 1_000_000n)) <= YOUNG_MS);
}

/** Whether two looks found the same. */
export function isSameFile(a: SeenFile, b: SeenFile): boolean {
  if (a.kind === 'file') return b.kind === 'file' && sameIdentity(a.identity, b.identity);
  return b.kind === 'fault' && a.problem === b.problem;
}

/** Why a file of that identity may not be read; undefined if it may (access(2)). */
export function readFault(filePath: string): Promise<FileFault | undefined> {
  return new Promise((resolve) => {
    fs.access(filePath, fs.constants.R_OK, (error) => resolve(error ? openFault(systemErrorCode(error)) : undefined));
  });
}

/** As `readFault`, in this thread. */
export function readFaultSync(filePath: string): FileFault | undefined {
  try {
    fs.accessSync(filePath, fs.constants.R_OK);
    return undefined;
  } catch (error) {
    return openFault(systemErrorCode(error));
  }
}

/** Absent on Windows. */
const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants;

/**
 * The content of a small file that a look found, following no link at its end. Where its folder lies was looked at
 * before: this is to know what is there, and nothing that is sent is read by it (`openImageSet` does that).
 */
export function readSmallFile(filePath: string, { size }: FileIdentity): Promise<Buffer | FileFault> {
  const content = Buffer.alloc(Number(size));
  return new Promise((resolve) => {
    fs.open(filePath, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, (openError, fd) => {
      if (openError) return resolve(openFault(systemErrorCode(openError)));
      fs.read(fd, content, 0, content.length, 0, (readError, count) => {
        fs.close(fd, () => {
          if (readError) resolve(openFault(systemErrorCode(readError)));
          else resolve(count === content.length ? content : 'being written');
        });
      });
    });
  });
}

/** As `readSmallFile`, in this thread. */
export function readSmallFileSync(filePath: string, { size }: FileIdentity): Buffer | FileFault {
  const content = Buffer.allocUnsafe(Number(size));
  try {
    const fd = fs.openSync(filePath, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      return fs.readSync(fd, content, 0, content.length, 0) === content.length ? content : 'being written';
    } finally {
      fs.closeSync(fd);
    }
  } catch (error) {
    return openFault(systemErrorCode(error));
  }
}
