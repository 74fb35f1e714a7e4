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
