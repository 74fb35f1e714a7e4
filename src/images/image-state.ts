import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { BUILD_ID_FILE_LIMIT, parseBuildId } from './build-id.ts';
import { CHECKSUMS_FILE_LIMIT, type Checksums, parseChecksums } from './checksums.ts';
import type { FileLooks } from './file-looks.ts';
import { SET_FILES } from './image-name.ts';
import type { SetLocation } from './image-set.ts';
import type { FileIdentity } from './pinned-file.ts';
import { lookAtRawFile } from './raw-file.ts';
import { isSameFile, isYoung, type SeenFile } from './seen-file.ts';
import { type FileProblem, mayPass, type SetFault } from './set-fault.ts';

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

/** The build of an image as it was seen last; undefined where it is not complete, or there is none. */
export function buildIdOf(image: { readonly state: ImageState } | undefined): string | undefined {
  return image?.state.kind === 'ready' ? image.state.buildId : undefined;
}

/**
 * A raw image beside a set: `newer` than the `.img.zst`, or there without it. Times prove nothing; they only make a
 * person an offer to pack it.
 */
export type RawAge = 'newer' | 'older';

/** A look at a set: its state, the files as they were before it was read from them, and what lies beside them. */
export interface Inspection {
  readonly state: ImageState;
  readonly files: SeenFiles;
  readonly raw: RawAge | undefined;
  /** Whether any write to its small files since would show in their times. */
  readonly isSettled: boolean;
}

type Role = keyof typeof SET_FILES;
type SeenFiles = Readonly<Record<Role, SeenFile>>;

/** What to look at: all files of a set, or its `.img.zst`, and at the others only where that one changed. */
export type Extent = 'all files' | 'image';

/**
 * Looks at the set at `location`, and at the raw image beside it if `hasRaw`; the `previous` look stands when nothing
 * changed since, unless a file could not be read: that may pass.
 * @throws the system's error when the folder can't be looked at.
 */
export async function inspectImage(
  location: SetLocation,
  hasRaw: boolean,
  looks: FileLooks,
  previous?: Inspection,
  extent: Extent = 'all files',
): Promise<Inspection> {
  const zst = await looks.see(pathOf(location, 'zst'));
  const hasChanged = previous === undefined || !isSameFile(zst, previous.files.zst) || isPassing(previous.state);
  const files = hasChanged || extent === 'all files' ? await seeOthers(location, zst, looks) : previous.files;
  const raw = hasRaw ? await rawAge(location, files.zst, looks) : undefined;
  const isSame = !hasChanged && sameSmallFiles(files, previous.files);
  if (isSame && (previous.isSettled || extent === 'image'))
    return raw === previous.raw ? previous : { ...previous, raw };
  const nowMs = Date.now();
  const isSettled = !isYoung(files.buildId, nowMs) && !isYoung(files.checksums, nowMs);
  const read = await readState(location, files, looks);
  const state = isSame && isDeepStrictEqual(read, previous.state) ? previous.state : read;
  return { state, files, raw, isSettled };
}

function isPassing(state: ImageState): boolean {
  return state.kind === 'incomplete' && mayPass(state.fault);
}

async function seeOthers(location: SetLocation, zst: SeenFile, looks: FileLooks): Promise<SeenFiles> {
  const [buildId, checksums] = await Promise.all([
    looks.see(pathOf(location, 'buildId')),
    looks.see(pathOf(location, 'checksums')),
  ]);
  return { buildId, zst, checksums };
}

function sameSmallFiles(files: SeenFiles, previous: SeenFiles): boolean {
  if (files === previous) return true;
  return isSameFile(files.buildId, previous.buildId) && isSameFile(files.checksums, previous.checksums);
}

/** The faults are looked for in the order in which a request would meet them (`openImageSet`). */
async function readState(location: SetLocation, files: SeenFiles, looks: FileLooks): Promise<ImageState> {
  const { zst } = files;
  if (zst.kind === 'fault') return incomplete(location, 'zst', zst.problem);
  if (zst.identity.size === 0n) return incomplete(location, 'zst', 'empty');
  const zstFault = await looks.readFault(pathOf(location, 'zst'));
  if (zstFault !== undefined) return incomplete(location, 'zst', zstFault);
  const readSmall = async (role: Role, limit: number) => {
    const file = files[role];
    if (file.kind === 'fault') return file.problem;
    if (file.identity.size === 0n) return 'empty';
    if (file.identity.size > limit) return 'too large';
    return await looks.readSmall(pathOf(location, role), file.identity);
  };
  const sums = await readSmall('checksums', CHECKSUMS_FILE_LIMIT);
  if (typeof sums === 'string') return incomplete(location, 'checksums', sums);
  const checksums = parseChecksums(sums.toString(), location.image);
  if ('kind' in checksums) {
    const file = location.image + SET_FILES.checksums;
    return { kind: 'incomplete', fault: { file, problem: 'no checksum', checksums } };
  }
  const id = await readSmall('buildId', BUILD_ID_FILE_LIMIT);
  if (typeof id === 'string') return incomplete(location, 'buildId', id);
  const buildId = parseBuildId(id.toString());
  if (buildId === undefined) return incomplete(location, 'buildId', 'no build ID');
  const { identity } = zst;
  const builtAtMs = Number(identity.mtimeNs / 1_000_000n);
  return { kind: 'ready', buildId, checksums, zstBytes: Number(identity.size), zstIdentity: identity, builtAtMs };
}

function incomplete({ image }: SetLocation, role: Role, problem: FileProblem): ImageState {
  return { kind: 'incomplete', fault: { file: image + SET_FILES[role], problem } };
}

async function rawAge(location: SetLocation, zst: SeenFile, looks: FileLooks): Promise<RawAge | undefined> {
  const raw = await lookAtRawFile(location, looks);
  if (raw === undefined) return undefined;
  return zst.kind === 'fault' || raw.writtenAtMs > Number(zst.identity.mtimeNs / 1_000_000n) ? 'newer' : 'older';
}

function pathOf({ folder, image }: SetLocation, role: Role): string {
  // not by `path.join`, which takes half as long as the look at the file: there is nothing to normalize
  return folder + path.sep + image + SET_FILES[role];
}
