import { lstat, mkdir, open, rename, rm, symlink, utimes } from 'node:fs/promises';
import path from 'node:path';
import { codeText } from '../../code-text.ts';
import type { FileTree, TreeFile, UnreadableFile } from '../../contents/file-tree.ts';
import { type TreeFault, treeFaultText } from '../../contents/tree-fault.ts';
import { errorCode, systemErrorCode, UserError } from '../../errors.ts';
import type { Words } from '../../words.ts';

/** What is reported while a file or a folder is saved. */
export interface CopyOptions {
  readonly words: Words;
  readonly signal: AbortSignal;
  /** Told of the bytes that were written since it was told last. */
  readonly onProgress?: (bytes: number, path: string) => void;
}

/** What was saved. */
export interface Saved {
  readonly files: number;
  readonly bytes: number;
  /** Whether there is anything at all: a device has no copy. */
  readonly isThere: boolean;
  /** What was not, each with the reason. */
  readonly leftOut: readonly string[];
}

/** Owner, group and others, without set-user-ID, set-group-ID and sticky. */
const PERMISSIONS = 0o777;
/** Whoever saves it must be able to write into it. */
const OWN_FOLDER = 0o700;
const OWN_FILE = 0o600;

/**
 * Has `write` make a file or a folder beside `to`, and renames it to that: `to` is whole, or as it was.
 * @throws UserError when it can't be written, or there is a folder at `to`; and what `write` throws. Then nothing is left.
 */
export async function saveWhole(to: string, words: Words, write: (beside: string) => Promise<Saved>): Promise<Saved> {
  const beside = `${to}.${process.pid}.part`;
  try {
    if (await isFolder(to)) throw new UserError(words.t('there is a folder {0} already', to));
    const saved = await write(beside);
    if (saved.isThere) await rename(beside, to);
    return saved;
  } catch (error) {
    const code = systemErrorCode(error);
    throw code === undefined ? error : new UserError(words.t("can't save {0} ({1})", to, codeText(code, words)));
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

/**
 * Writes the file or the folder at `from` in an image to `to`, in the place of what an earlier try left there. Permissions
 * and times are kept, owners are not. Links stay links, as they are written, wherever they lead; nothing is written through
 * one. Devices and the like are left out.
 * @throws UserError when it can't be read; the signal's reason; DamagedVolume; errors of the system.
 */
export async function copyOut(tree: FileTree, from: string, to: string, options: CopyOptions): Promise<Saved> {
  const file = await tree.stat(from);
  if ('kind' in file) throw faultError(from, file, options.words);
  await rm(to, { recursive: true, force: true });
  const copy = new Copy(tree, options);
  await copy.write(from, file, to);
  return copy;
}

class Copy implements Saved {
  readonly leftOut: string[] = [];
  files = 0;
  bytes = 0;
  isThere = false;
  readonly #tree: FileTree;
  readonly #options: CopyOptions;

  constructor(tree: FileTree, options: CopyOptions) {
    this.#tree = tree;
    this.#options = options;
  }

  async write(from: string, file: TreeFile, to: string): Promise<void> {
    this.#options.signal.throwIfAborted();
    const { words } = this.#options;
    switch (file.status.type) {
      case 'folder':
        return this.#folder(from, file, to);
      case 'file':
        return this.#file(from, file, to);
      case 'link':
        return this.#link(from, file, to);
      case 'character device':
      case 'block device':
        this.leftOut.push(words.t('{0}: a device', from));
        return;
      case 'fifo':
      case 'socket':
        this.leftOut.push(words.t('{0}: a pipe or a socket', from));
        return;
    }
  }

  async #folder(from: string, { status }: TreeFile, to: string): Promise<void> {
    const children = await this.#tree.list(from);
    if ('kind' in children) throw faultError(from, children, this.#options.words);
    await mkdir(to, (status.mode & PERMISSIONS) | OWN_FOLDER); // fails where there is anything, a link too
    this.isThere = true;
    for (const child of children) await this.#child(path.posix.join(from, child.name), child, to);
    await utimes(to, status.modifiedAt, status.modifiedAt);
  }

  async #child(from: string, child: TreeFile | UnreadableFile, folder: string): Promise<void> {
    const { words } = this.#options;
    if (!('status' in child)) {
      this.leftOut.push(`${from}: ${child.reason}`);
    } else if (!isPlainName(child.name)) {
      this.leftOut.push(words.t('{0}: no file can have this name here', from));
    } else {
      await this.write(from, child, path.join(folder, child.name)).catch((error: unknown) => {
        // two names that differ in case only, where that makes no difference
        if (errorCode(error) !== 'EEXIST') throw error;
        this.leftOut.push(words.t('{0}: another file has this name here', from));
      });
    }
  }

  async #file(from: string, { status }: TreeFile, to: string): Promise<void> {
    const { words, signal, onProgress } = this.#options;
    const pieces = await this.#tree.read(from);
    if ('kind' in pieces) throw faultError(from, pieces, words);
    await using file = await open(to, 'wx', (status.mode & PERMISSIONS) | OWN_FILE);
    this.#count();
    onProgress?.(0, from);
    for await (const piece of pieces) {
      signal.throwIfAborted();
      await file.writeFile(piece); // all of it, or it throws: write() may write less
      this.bytes += piece.length;
      onProgress?.(piece.length, from);
    }
    await file.utimes(status.modifiedAt, status.modifiedAt);
  }

  async #link(from: string, { target }: TreeFile, to: string): Promise<void> {
    try {
      await symlink(target ?? '', to);
      this.#count();
    } catch (error) {
      // on Windows not everybody may make links, and no system has one that leads nowhere at all
      if (errorCode(error) !== 'EPERM' && errorCode(error) !== 'ENOENT') throw error;
      this.leftOut.push(this.#options.words.t("{0}: this link can't be made here", from));
    }
  }

  #count(): void {
    this.files++;
    this.isThere = true;
  }
}

function faultError(from: string, fault: TreeFault, words: Words): UserError {
  return new UserError(treeFaultText(from, fault, words));
}

/** One that leads nowhere but to a file in its folder, by the rules of this system. */
function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !name.includes('\0') && path.basename(name) === name;
}

async function isFolder(place: string): Promise<boolean> {
  try {
    return (await lstat(place)).isDirectory();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
