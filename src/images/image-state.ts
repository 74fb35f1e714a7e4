import fs from 'node:fs/promises';
import path from 'node:path';
import type { Checksums } from './checksums.ts';
import { SET_FILES } from './image-name.ts';
import { openImageSet, type SetLocation } from './image-set.ts';
import { type FileIdentity, sameIdentity } from './pinned-file.ts';
import { lookAtRawFile } from './raw-file.ts';
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

/**
 * A raw image beside a set: `newer` than the `.img.zst`, or there without it. Times prove nothing; it is an offer to a
 * person, to pack it.
 */
export type RawAge = 'newer' | 'older';

/** A look at a set: its state, the identities of the files it was read from, and what lies beside them. */
export interface Inspection {
  readonly state: ImageState;
  readonly files: SeenFiles;
  readonly raw: RawAge | undefined;
}

type SeenFiles = Readonly<Record<keyof typeof SET_FILES, FileIdentity | undefined>>;

/**
 * Looks at the set at `location`, and at the raw image beside it if `hasRaw`; the state of a `previous` look stands when
 * none of the set's files changed since, unless a file could not be read: that may pass.
 */
export async function inspectImage(location: SetLocation, hasRaw: boolean, previous?: Inspection): Promise<Inspection> {
  const files = await identifyFiles(location);
  const raw = hasRaw ? await rawAge(location, files.zst) : undefined;
  const isSame = previous !== undefined && sameFiles(files, previous.files) && !mayPass(previous.state);
  return { state: isSame ? previous.state : await readState(location), files, raw };
}

function mayPass(state: ImageState): boolean {
  return state.kind === 'incomplete' && state.fault.problem === 'unreadable';
}

async function readState(location: SetLocation): Promise<ImageState> {
  const set = await openImageSet(location);
  if ('problem' in set) return { kind: 'incomplete', fault: set };
  const { buildId, checksums, zst } = set;
  await set.close();
  const builtAtMs = Number(zst.identity.mtimeNs / 1_000_000n);
  return { kind: 'ready', buildId, checksums, zstBytes: zst.size, zstIdentity: zst.identity, builtAtMs };
}

async function rawAge(location: SetLocation, zst: FileIdentity | undefined): Promise<RawAge | undefined> {
  const raw = await lookAtRawFile(location);
  if (raw === undefined) return undefined;
  return zst === undefined || raw.writtenAtMs > Number(zst.mtimeNs / 1_000_000n) ? 'newer' : 'older';
}

async function identifyFiles(location: SetLocation): Promise<SeenFiles> {
  const [buildId, zst, checksums] = await Promise.all([
    identify(location, SET_FILES.buildId),
    identify(location, SET_FILES.zst),
    identify(location, SET_FILES.checksums),
  ]);
  return { buildId, zst, checksums };
}

async function identify(location: SetLocation, suffix: string): Promise<FileIdentity | undefined> {
  try {
    return await fs.lstat(path.join(location.folder, location.image + suffix), { bigint: true });
  } catch {
    return undefined; // opening it will say why
  }
}

function sameFiles(a: SeenFiles, b: SeenFiles): boolean {
  return (['buildId', 'zst', 'checksums'] as const).every((role) => {
    const [file, other] = [a[role], b[role]];
    return file === undefined || other === undefined ? file === other : sameIdentity(file, other);
  });
}
