import fs from 'node:fs/promises';
import path from 'node:path';
import type { Checksums } from './checksums.ts';
import { SET_FILES } from './image-name.ts';
import { openImageSet, type SetLocation } from './image-set.ts';
import { type FileIdentity, sameIdentity } from './pinned-file.ts';
import type { SetFault } from './set-fault.ts';

/** What was last seen of a set: complete, with what there is to tell of it, or the fault that keeps it from boards. */
export type ImageState =
  | {
      readonly kind: 'ready';
      readonly buildId: string;
      readonly checksums: Checksums;
      /** Bytes of the `.img.zst`. */
      readonly zstBytes: number;
      /** What tells this `.img.zst` from another. */
      readonly zstIdentity: FileIdentity;
      /** When the `.img.zst` was last written: milliseconds since 1970. It proves nothing; it is for people. */
      readonly builtAtMs: number;
    }
  | { readonly kind: 'incomplete'; readonly fault: SetFault };

/** A look at a set: its state, and the identities of the files it was read from. */
export interface Inspection {
  readonly state: ImageState;
  readonly files: readonly (FileIdentity | undefined)[];
}

/** Looks at the set at `location`; a `previous` look stands when none of the three files changed since. */
export async function inspectImage(location: SetLocation, previous?: Inspection): Promise<Inspection> {
  const files = await Promise.all(Object.values(SET_FILES).map((suffix) => identify(location, suffix)));
  if (previous !== undefined && sameFiles(files, previous.files)) return previous;
  const set = await openImageSet(location);
  if ('problem' in set) return { state: { kind: 'incomplete', fault: set }, files };
  const { buildId, checksums, zst } = set;
  await set.close();
  const builtAtMs = Number(zst.identity.mtimeNs / 1_000_000n);
  return {
    state: { kind: 'ready', buildId, checksums, zstBytes: zst.size, zstIdentity: zst.identity, builtAtMs },
    files,
  };
}

async function identify(location: SetLocation, suffix: string): Promise<FileIdentity | undefined> {
  try {
    return await fs.lstat(path.join(location.folder, location.image + suffix), { bigint: true });
  } catch {
    return undefined; // opening it will say why
  }
}

function sameFiles(a: Inspection['files'], b: Inspection['files']): boolean {
  return a.every((file, index) => {
    const other = b[index];
    return file === undefined || other === undefined ? file === other : sameIdentity(file, other);
  });
}
