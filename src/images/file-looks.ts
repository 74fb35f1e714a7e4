import type { DiskAnswers } from './disk-answers.ts';
import { Haste, isLocal } from './haste.ts';
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

/** The same looks, but they fail with `ETIMEDOUT` when the disk does not answer. */
function looksInTime(looks: FileLooks, answers: DiskAnswers): FileLooks {
  return {
    see: (filePath) => answers.to(() => looks.see(filePath)),
    readFault: (filePath) => answers.to(() => looks.readFault(filePath)),
    readSmall: (filePath, identity) => answers.to(() => looks.readSmall(filePath, identity)),
  };
}

/** Looks in this thread while files are seen from memory. */
export class HastyLooks implements FileLooks {
  readonly #haste = new Haste();

  see(filePath: string): SeenFile | Promise<SeenFile> {
    return this.#haste.look(
      () => seeFileSync(filePath),
      () => seeFile(filePath),
    );
  }

  readFault(filePath: string): FileFault | undefined | Promise<FileFault | undefined> {
    return this.#haste.look(
      () => readFaultSync(filePath),
      () => readFault(filePath),
    );
  }

  readSmall(filePath: string, identity: FileIdentity): Buffer | FileFault | Promise<Buffer | FileFault> {
    return this.#haste.look(
      () => readSmallFileSync(filePath, identity),
      () => readSmallFile(filePath, identity),
    );
  }
}

/** The disks that folders lie on, for the time of one look at a catalog: each is asked once what it is. */
export class Disks {
  readonly #areLocal = new Map<bigint, Promise<boolean>>();
  readonly #hasty = new HastyLooks();

  /** How to look at files in `folder`, which lies on the device `dev`; `answers` are that one's. */
  async looksAt(folder: string, dev: bigint, answers: DiskAnswers): Promise<FileLooks> {
    const local = this.#areLocal.get(dev) ?? isLocal(folder);
    this.#areLocal.set(dev, local);
    return (await answers.to(() => local)) ? this.#hasty : looksInTime(PATIENT_LOOKS, answers);
  }
}
