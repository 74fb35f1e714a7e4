import fs from 'node:fs';
import path from 'node:path';
import { systemErrorCode } from '../errors.ts';
import type { FileProblem } from './set-fault.ts';

/** Why a file can't be served, apart from its content. */
export type FileFault = Extract<
  FileProblem,
  'missing' | 'link' | 'not a file' | 'outside' | 'forbidden' | 'unreadable' | 'being written'
>;

/** What tells one state of a file from another (stat(2)). Times are nanoseconds since 1970. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

/** An open file, on its way to another thread: descriptors are the process's. */
export interface LentFile {
  readonly fd: number;
  readonly path: string;
  readonly identity: FileIdentity;
}

/** Whether two looks at a path saw the same file in the same state. */
export function sameIdentity(a: FileIdentity, b: FileIdentity): boolean {
  return a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs && a.dev === b.dev;
}

/** Absent on Windows, where links need a privilege to be made and FIFOs are no files. */
const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants;

/** A file renamed into place while it is looked up is looked up again; who replaces it this often is no build. */
const REPLACED_ATTEMPTS = 5;

/** A regular file, open for reading, whose identity was taken when it was opened. Close it. */
export class PinnedFile {
  readonly #fd: number;
  readonly path: string;
  readonly identity: FileIdentity;

  private constructor(fd: number, filePath: string, identity: FileIdentity) {
    this.#fd = fd;
    this.path = filePath;
    this.identity = identity;
  }

  /**
   * Opens `fileName` in `folder`, following no link at its end and waiting for no FIFO (open(2)), and makes sure that
   * what was opened lies inside `root`, an already resolved path, whatever its parents are links to.
   */
  static async open(root: string, folder: string, fileName: string): Promise<PinnedFile | FileFault> {
    const filePath = path.join(folder, fileName);
    for (let attempt = 1; ; attempt++) {
      const opened = await openInside(root, filePath);
      if (opened === 'being written' && attempt < REPLACED_ATTEMPTS) continue;
      return typeof opened === 'string' ? opened : new PinnedFile(opened.fd, filePath, opened.stats);
    }
  }

  /**
   * The file that another thread of this process holds open under the descriptor `fd`, and keeps open as long as it is
   * used here; it is the other one's to close.
   */
  static lent({ fd, path: filePath, identity }: LentFile): PinnedFile {
    return new PinnedFile(fd, filePath, identity);
  }

  /** What another thread needs to use the file while it is open here. */
  lend(): LentFile {
    return { fd: this.#fd, path: this.path, identity: this.identity };
  }

  /** The file's length in bytes when it was opened. */
  get size(): number {
    return Number(this.identity.size);
  }

  /** The file's modification time when it was opened, in whole seconds since 1970, as tar and HTTP give it. */
  get mtimeSeconds(): number {
    return Number(this.identity.mtimeNs / 1_000_000_000n);
  }

  /**
   * Reads up to `length` bytes from `position` into `buffer` at `offset`, and returns their number. Fewer than asked
   * for means that the file ended.
   */
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.read(this.#fd, buffer, offset, length, position, (error, bytesRead) => {
        if (error) reject(error);
        else resolve(bytesRead);
      });
    });
  }

  /** The whole content, when it is at most `limit` bytes and did not shrink meanwhile; otherwise undefined. */
  async readAll(limit: number): Promise<Buffer | undefined> {
    if (this.size > limit) return undefined;
    const content = Buffer.alloc(this.size);
    const bytesRead = await this.read(content, 0, this.size, 0);
    return bytesRead === this.size ? content : undefined;
  }

  /**
   * Whether the open file is still in the state it was pinned in. That its name now belongs to another file is no
   * change: what was opened is whole, and only its change time (and link count, to nothing) tells of it. A new link or
   * mode is one: it can't be told from a writer that puts the modification time back.
   */
  async isUnchanged(): Promise<boolean> {
    const now = await fstat(this.#fd);
    if (sameIdentity(now, this.identity)) return true;
    const { size, mtimeNs } = this.identity;
    return now.nlink === 0n && now.size === size && now.mtimeNs === mtimeNs;
  }

  /** Whether the name that it was opened by still leads to this file, whatever was written to it. */
  async isInPlace(): Promise<boolean> {
    const there = await fs.promises.lstat(this.path, { bigint: true }).catch(() => undefined);
    return there?.ino === this.identity.ino && there.dev === this.identity.dev;
  }

  close(): Promise<void> {
    return closeFd(this.#fd);
  }
}

/** Why a file can't be opened, by the system's error code. */
export function openFault(code: string | undefined): FileFault {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'missing';
    case 'ELOOP': // Linux and macOS, for O_NOFOLLOW
    case 'EMLINK': // FreeBSD
      return 'link';
    case 'ENXIO': // a socket, or a FIFO without a peer
      return 'not a file';
    case 'EACCES':
    case 'EPERM':
      return 'forbidden';
    default:
      return 'unreadable';
  }
}

/** Opens the file and looks where it is; `being written` when another took its name between the two. */
async function openInside(root: string, filePath: string): Promise<{ fd: number; stats: fs.BigIntStats } | FileFault> {
  let fd: number;
  try {
    fd = await openFd(filePath);
  } catch (error) {
    return openFault(systemErrorCode(error));
  }
  try {
    const stats = await fstat(fd);
    const fault = stats.isFile() ? await placeFault(root, filePath, stats) : 'not a file';
    if (fault === undefined) return { fd, stats };
    await closeFd(fd);
    return fault;
  } catch (error) {
    await closeFd(fd);
    return openFault(systemErrorCode(error));
  }
}

/** A linked parent folder escapes O_NOFOLLOW: the path is resolved again and must lead to the very file that is open. */
async function placeFault(root: string, filePath: string, opened: FileIdentity): Promise<FileFault | undefined> {
  const real = await fs.promises.realpath(filePath);
  if (!isInside(root, real)) return 'outside';
  const there = await fs.promises.lstat(real, { bigint: true });
  return there.dev === opened.dev && there.ino === opened.ino ? undefined : 'being written';
}

/** Whether `inner` lies below `outer`, by path segments: `/srv/boxes-evil` is not in `/srv/boxes`. */
export function isInside(outer: string, inner: string): boolean {
  const way = path.relative(outer, inner);
  return way !== '' && way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
}

function openFd(filePath: string): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.open(filePath, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, (error, fd) => (error ? reject(error) : resolve(fd)));
  });
}

function fstat(fd: number): Promise<fs.BigIntStats> {
  return new Promise((resolve, reject) => {
    fs.fstat(fd, { bigint: true }, (error, stats) => (error ? reject(error) : resolve(stats)));
  });
}

function closeFd(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fs.close(fd, (error) => (error ? reject(error) : resolve()));
  });
}
