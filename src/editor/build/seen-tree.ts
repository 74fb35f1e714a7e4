import { type Dirent, lstatSync, readdirSync, type Stats } from 'node:fs';
import path from 'node:path';
import { Slices } from '../../contents/slices.ts';
import { systemErrorCode } from '../../errors.ts';

/** A file, and when its content was last changed: milliseconds since 1970. */
export interface SeenFile {
  readonly path: string;
  readonly changedAtMs: number;
}

/** What was seen in a folder, without its subfolders. */
interface SeenFolder {
  readonly newest: SeenFile | undefined;
  readonly subfolders: readonly string[];
}

/** What a build leaves, and git's own. */
const NOT_COUNTED = /\.img(?:\.|$)|^\.git$/;

/** Looked at before the clock is: that takes a tenth of a millisecond or two. */
const FILES_AT_ONCE = 64;

/** Whether a file or folder of that name can make an image stale. */
export function isCounted(name: string): boolean {
  return !NOT_COUNTED.test(name);
}

/**
 * The newest file at or below a folder. It keeps what it saw, folder by folder, and looks again only at folders that it is
 * told to forget: it is as right as who tells it.
 */
export class SeenTree {
  readonly #root: string;
  readonly #findIgnored: (root: string) => Promise<ReadonlySet<string>>;
  readonly #folders = new Map<string, SeenFolder>();
  #ignored: Promise<ReadonlySet<string>> | undefined;
  /** Counts what was forgotten: a folder that was looked at meanwhile may be seen as it was before. */
  #forgotten = 0;

  /** `findIgnored`: the files and folders below `root` that don't count. */
  constructor(root: string, findIgnored: (root: string) => Promise<ReadonlySet<string>> = async () => new Set()) {
    this.#root = root;
    this.#findIgnored = findIgnored;
  }

  /** The newest file, besides images; undefined where there is none. Looking at many files takes its time in slices. */
  async newest(): Promise<SeenFile | undefined> {
    const slices = new Slices();
    this.#ignored ??= this.#findIgnored(this.#root);
    const finding = this.#ignored;
    const ignored = await finding;
    const folders = [this.#root];
    let newest = seeFile(this.#root);
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      let seen = this.#folders.get(folder);
      if (seen === undefined) {
        const forgotten = this.#forgotten;
        seen = await look(folder, ignored, slices);
        if (this.#forgotten === forgotten && this.#ignored === finding) this.#folders.set(folder, seen);
      }
      newest = later(newest, seen.newest);
      folders.push(...seen.subfolders);
    }
    return newest;
  }

  /** A file or folder was changed or removed. One that is new needs `forgetIgnored`, too: it may be an ignored one. */
  forget(file: string): void {
    this.#forgotten++;
    this.#folders.delete(path.dirname(file));
    const below = file + path.sep;
    for (const folder of this.#folders.keys()) {
      if (folder === file || folder.startsWith(below)) this.#folders.delete(folder);
    }
  }

  /** Asks again what is ignored, when next looked at. */
  forgetIgnored(): void {
    this.#ignored = undefined;
  }

  forgetAll(): void {
    this.#forgotten++;
    this.#folders.clear();
    this.#ignored = undefined;
  }
}

/** A file as it is now; undefined where there is none, or a folder. */
function seeFile(file: string): SeenFile | undefined {
  const stats = existing(() => lstatSync(file, { throwIfNoEntry: false }));
  return stats === undefined || stats.isDirectory() ? undefined : { path: file, changedAtMs: stats.mtimeMs };
}

/** Looks synchronously, in slices: asynchronous calls would cost the thread several times as much. */
async function look(folder: string, ignored: ReadonlySet<string>, slices: Slices): Promise<SeenFolder> {
  const subfolders: string[] = [];
  let newest: SeenFile | undefined;
  let count = 0;
  for (const entry of entriesOf(folder)) {
    const file = folder + path.sep + entry.name; // what join() tidies up is tidy: it costs as much as the look itself
    if (!isCounted(entry.name) || ignored.has(file)) continue;
    if (entry.isDirectory()) subfolders.push(file);
    else newest = later(newest, seeFile(file));
    if (++count % FILES_AT_ONCE === 0) await slices.next();
  }
  await slices.next();
  return { newest, subfolders };
}

function later(a: SeenFile | undefined, b: SeenFile | undefined): SeenFile | undefined {
  return (b?.changedAtMs ?? 0) > (a?.changedAtMs ?? 0) ? b : a;
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
