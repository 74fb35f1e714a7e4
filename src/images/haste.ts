import { statfs } from 'node:fs/promises';

/**
 * File systems on this machine's disks or in its memory, by the numbers that statfs(2) gives on Linux: what was looked at
 * before is in memory, and no server has to be asked. All others, and all on other systems, may keep a thread waiting.
 */
const LOCAL_TYPES: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0xf2f52010, // F2FS
  0x2fc12fc1, // ZFS
  0x01021994, // tmpfs
]);

/** So long this thread looks at files before it turns to other work: less than people, or a disk at full speed, notice. */
const SLICE_MS = 2;

/** From memory a file is seen, or a piece of it read, in some 5 µs; who takes so long had to ask the disk. */
const SLOW_MS = 1;

/** So many are left to other threads after one that was slow. */
const CALLS_AFTER_SLOW = 100;

/**
 * Has this thread look at files while they are in memory: handing a look to another thread takes six times as long as the
 * look itself. It does so in short slices, and leaves it to other threads when the disk has to be asked.
 */
export class Haste {
  #sliceEndsMs = performance.now() + SLICE_MS;
  #pause: Promise<void> | undefined;
  /** How many more are left to other threads. */
  #patience = 0;

  /** Looks by `here` in this thread, or by `elsewhere` in another one. */
  look<T>(here: () => T, elsewhere: () => Promise<T>): T | Promise<T> {
    if (this.#patience > 0) {
      this.#patience--;
      return elsewhere();
    }
    const startMs = performance.now();
    if (startMs >= this.#sliceEndsMs) return this.#nextSlice().then(() => this.look(here, elsewhere));
    const found = here();
    if (performance.now() - startMs > SLOW_MS) this.#patience = CALLS_AFTER_SLOW;
    return found;
  }

  /** Settles when other work was done. */
  #nextSlice(): Promise<void> {
    this.#pause ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#pause = undefined;
        this.#sliceEndsMs = performance.now() + SLICE_MS;
        resolve();
      });
    });
    return this.#pause;
  }
}

/** Whether the folder is known to lie on a disk of this machine. */
export async function isLocal(folder: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  try {
    const { type } = await statfs(folder);
    return LOCAL_TYPES.has(type);
  } catch {
    return false; // what is wrong with the folder, the look at it will meet, too
  }
}
