import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, lstat, open, readdir, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { errorCode, systemErrorCode } from '../errors.ts';
import type { PinnedFile } from '../images/pinned-file.ts';
import { makeFolder } from '../make-folder.ts';
import { isRunning } from '../running.ts';
import type { ExamineOptions } from './examine.ts';
import { type ClosableDisk, diskOver, openKeptImage, sealImage } from './kept-image.ts';
import { pastTick } from './past-tick.ts';
import { unpackTo } from './unpacked-image.ts';
import { WriteBehind } from './write-behind.ts';

const SECTOR_BYTES = 512; // of `blocks` in stat(2)

/** A kept image; and one that is being written, with the writer's machine and process. */
const KEPT = /^([0-9a-f]{32})\.img$/;
const PART = /^[0-9a-f]{32}\.img\.([0-9a-f]{8})\.(\d+)\.[0-9a-f]{8}\.part$/;

/** A writer on another machine is taken for dead when it has not written for so long: it writes all the time. */
const DEAD_AFTER_MS = 24 * 60 * 60 * 1000;

const MACHINE = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** What this process is writing. */
const ownParts = new Set<string>();

/**
 * Decompressed images, in a folder of files with holes that is bounded: those that were not used for the longest go first.
 * An image is kept for the state of a `.img.zst`, so one that is built anew is decompressed anew. Several processes may
 * use a folder: what is written is renamed into place, and what is removed stays readable for who has it open.
 */
export class InsideCache {
  readonly #folder: string;
  readonly #mostBytes: () => number;

  /** `mostBytes`: what the files may take on the disk; 0 keeps none. It is asked whenever an image is opened. */
  constructor(folder: string, mostBytes: () => number) {
    this.#folder = folder;
    this.#mostBytes = mostBytes;
  }

  /**
   * What `file` decompresses to: kept from another time, or from now on. Undefined where nothing can be kept. The file
   * must stay open as long as what is answered.
   * @throws UserError where the file is damaged or changed meanwhile; the signal's reason; what reading a disk may throw.
   */
  async open(file: PinnedFile, options: ExamineOptions): Promise<ClosableDisk | undefined> {
    const mostBytes = this.#mostBytes();
    const isUsable = await this.#tidy(mostBytes);
    if (!isUsable || mostBytes === 0) return undefined;
    await pastTick(file);
    const key = keyOf(file);
    return (await openKeptImage(this.#pathOf(key), key)) ?? (await this.#unpack(file, key, options));
  }

  /** Whether there is a folder for it, where nothing is that should not be there any more. */
  async #tidy(mostBytes: number): Promise<boolean> {
    try {
      if (mostBytes > 0) await makeFolder(this.#folder, 0o700);
      const stats = await lstat(this.#folder);
      const isOwn = process.getuid === undefined || stats.uid === process.getuid();
      if (!isOwn || !stats.isDirectory()) return false; // anything may lie in it
      await this.#removeLeftovers();
      await this.#trim(mostBytes);
      return true;
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
      return false; // as without a cache
    }
  }

  async #unpack(file: PinnedFile, key: string, options: ExamineOptions): Promise<ClosableDisk | undefined> {
    const name = `${key}.img.${MACHINE}.${process.pid}.${randomBytes(4).toString('hex')}.part`;
    const part = path.join(this.#folder, name);
    ownParts.add(name);
    let written: FileHandle | undefined;
    const abandon = async () => {
      await written?.close(); // when what is being written is
      await rm(part, { force: true });
      ownParts.delete(name);
    };
    let room: unknown;
    try {
      written = await open(part, 'wx+', 0o600).catch(noRoom);
      const target = written;
      const writer = new WriteBehind(target);
      const size = await unpackTo(file, options, (bytes, at) => writer.write(bytes, at).catch(noRoom));
      await writer.finish().catch(noRoom);
      const keeping = this.#keep(file, target, { part, size, key }).finally(() => ownParts.delete(name));
      keeping.catch(() => {}); // `close` passes it on
      return await diskOver(target, part, size, () => keeping.finally(() => target.close()));
    } catch (error) {
      await abandon();
      if (error !== room || room === undefined) throw error;
      return undefined;
    }

    /** The folder is full, or can't be written to: what it says is told apart from what reading the image says. */
    function noRoom(error: unknown): never {
      if (systemErrorCode(error) !== undefined) room = error;
      throw error;
    }
  }

  /** Puts what was decompressed in its place, if it fits; whoever has it open reads on, anyway. */
  async #keep(file: PinnedFile, written: FileHandle, { part, size, key }: Part): Promise<void> {
    try {
      await sealImage(written, size, key);
      const mostBytes = this.#mostBytes();
      if (bytesOf(await written.stat()) <= mostBytes && (await file.isUnchanged())) {
        await rename(part, this.#pathOf(key));
        await this.#trim(mostBytes);
        return;
      }
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error; // no room for it: it is decompressed again the next time
    }
    await rm(part, { force: true });
  }

  #pathOf(key: string): string {
    return path.join(this.#folder, `${key}.img`);
  }

  /** Removes images, those that were used last at last, until the others fit. */
  async #trim(mostBytes: number): Promise<void> {
    const names = await this.#names((name) => KEPT.test(name));
    const kept = (await Promise.all(names.map((name) => this.#look(name)))).filter((seen) => seen !== undefined);
    let total = kept.reduce((sum, { stats }) => sum + bytesOf(stats), 0);
    for (const { name, stats } of kept.sort((a, b) => a.stats.atimeMs - b.stats.atimeMs)) {
      if (total <= mostBytes) return;
      await rm(path.join(this.#folder, name), { force: true });
      total -= bytesOf(stats);
    }
  }

  /** Removes what writers left that are no more. */
  async #removeLeftovers(): Promise<void> {
    for (const name of await this.#names((each) => PART.test(each))) {
      const [, machine, pid] = PART.exec(name) ?? [];
      const isOurs = machine === MACHINE;
      const isAlive = isOurs && (Number(pid) === process.pid ? ownParts.has(name) : isRunning(Number(pid)));
      if (isAlive) continue;
      const seen = isOurs ? undefined : await this.#look(name);
      if (isOurs || (seen !== undefined && Date.now() - seen.stats.mtimeMs > DEAD_AFTER_MS)) {
        await rm(path.join(this.#folder, name), { force: true });
      }
    }
  }

  async #names(isWanted: (name: string) => boolean): Promise<string[]> {
    return (await readdir(this.#folder)).filter(isWanted);
  }

  /** Undefined where another process was quicker to remove it. */
  async #look(name: string) {
    try {
      return { name, stats: await lstat(path.join(this.#folder, name)) };
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }
}

/** An image on its way into the folder. */
interface Part {
  readonly part: string;
  readonly size: number;
  readonly key: string;
}

/** Names a state of a file. */
function keyOf({ path: filePath, identity: { ino, size, mtimeNs, ctimeNs } }: PinnedFile): string {
  const state = [filePath, ino, size, mtimeNs, ctimeNs].join('\0');
  return createHash('sha256').update(state).digest('hex').slice(0, 32);
}

function bytesOf({ blocks }: { readonly blocks: number }): number {
  return blocks * SECTOR_BYTES;
}
