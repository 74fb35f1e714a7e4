import { statfs } from 'node:fs/promises';
import type { FileFault, FileIdentity } from './pinned-file.ts';
import {
  readFault,
  readFaultSync,
  readSmallFile,
  readSmallFileSync,
  type SeenFile,
  seeFile,
  seeFileSync,
} from './seen-file.ts';

/** How files are looked at from outside: what is known at once comes as it is, else as a promise. */
export interface FileLooks {
  /** As `seeFile`. */
  see(filePath: string): SeenFile | Promise<SeenFile>;
  /** As `readFault`. */
  readFault(filePath: string): FileFault | undefined | Promise<FileFault | undefined>;
  /** As `readSmallFile`. */
  readSmall(filePath: string, identity: FileIdentity): Buffer | FileFault | Promise<Buffer | FileFault>;
}

/** Looks in other threads, which wait for a slow disk while this one does not. */
export const PATIENT_LOOKS: FileLooks = { see: seeFile, readFault, readSmall: readSmallFile };

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

/** From memory a file is seen in some 5 µs; who takes so long had to ask the disk. */
const SLOW_MS = 1;

/** So many files are looked at in other threads after one that was slow. */
const FILES_AFTER_SLOW = 100;

/**
 * Looks in this thread while files are seen from memory: handing one to another thread takes six times as long as the look
 * itself. It does so in short slices, and leaves it to other threads when the disk has to be asked.
 */
export class HastyLooks implements FileLooks {
  #sliceEndsMs = performance.now() + SLICE_MS;
  #pause: Promise<void> | undefined;
  /** How many more files other threads look at. */
  #patience = 0;

  see(filePath: string): SeenFile | Promise<SeenFile> {
    return this.#look(
      () => seeFileSync(filePath),
      () => seeFile(filePath),
    );
  }

  readFault(filePath: string): FileFault | undefined | Promise<FileFault | undefined> {
    return this.#look(
      () => readFaultSync(filePath),
      () => readFault(filePath),
    );
  }

  readSmall(filePath: string, identity: FileIdentity): Buffer | FileFault | Promise<Buffer | FileFault> {
    return this.#look(
      () => readSmallFileSync(filePath, identity),
      () => readSmallFile(filePath, identity),
    );
  }

  #look<T>(here: () => T, elsewhere: () => Promise<T>): T | Promise<T> {
    if (this.#patience > 0) {
      this.#patience--;
      return elsewhere();
    }
    const startMs = performance.now();
    if (startMs >= this.#sliceEndsMs) return this.#nextSlice().then(() => this.#look(here, elsewhere));
    const found = here();
    if (performance.now() - startMs > SLOW_MS) this.#patience = FILES_AFTER_SLOW;
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

/** The disks that folders lie on, for the time of one look at a catalog: each is asked once what it is. */
export class Disks {
  readonly #looks = new Map<bigint, Promise<FileLooks>>();
  readonly #hasty = new HastyLooks();

  /** How to look at files in `folder`, which lies on the device `dev`. */
  looksAt(folder: string, dev: bigint): Promise<FileLooks> {
    let looks = this.#looks.get(dev);
    if (looks === undefined) {
      looks = isLocal(folder).then((local) => (local ? this.#hasty : PATIENT_LOOKS));
      this.#looks.set(dev, looks);
    }
    return looks;
  }
}

/** Whether the folder is known to lie on a disk of this machine. */
async function isLocal(folder: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  try {
    const { type } = await statfs(folder);
    return LOCAL_TYPES.has(type);
  } catch {
    return false; // what is wrong with the folder, the look at it will meet, too
  }
}
