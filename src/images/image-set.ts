import { BUILD_ID_FILE_LIMIT, parseBuildId } from './build-id.ts';
import { CHECKSUMS_FILE_LIMIT, type Checksums, parseChecksums } from './checksums.ts';
import { SET_FILES } from './image-name.ts';
import { PinnedFile } from './pinned-file.ts';
import type { FileProblem, SetFault } from './set-fault.ts';

/** Where the files of an image set lie. */
export interface SetLocation {
  /** The image folder, resolved (realpath(3)): nothing outside it is opened. */
  readonly root: string;
  /** The folder of the box, as found in the image folder. */
  readonly folder: string;
  readonly image: string;
}

/** An image set, complete, its `.img.zst` open and pinned and the small files in memory. Close it. */
export interface ImageSet {
  readonly image: string;
  readonly buildId: string;
  readonly checksums: Checksums;
  /** The `.img.sha256` to the byte, as it goes to the board, and its time in seconds since 1970. */
  readonly checksumsFile: { readonly content: Buffer; readonly mtimeSeconds: number };
  readonly zst: PinnedFile;
  close(): Promise<void>;
}

/** How often a set that is replaced while it is opened is opened again: no build replaces it more often. */
const REPLACED_ATTEMPTS = 5;

/**
 * Opens the set at `location`, or returns why it can't be served. If another `.img.zst` took the name of the opened one
 * before the small files were read, they may belong to that one, and all are opened again. Throws only what reading a
 * disk may throw.
 */
export async function openImageSet(location: SetLocation): Promise<ImageSet | SetFault> {
  for (let attempt = 1; attempt <= REPLACED_ATTEMPTS; attempt++) {
    const set = await openOnce(location);
    if ('problem' in set || (await set.zst.isInPlace())) return set;
    await set.close();
  }
  return fault(location, SET_FILES.zst, 'being written');
}

async function openOnce(location: SetLocation): Promise<ImageSet | SetFault> {
  const zst = await openMember(location, SET_FILES.zst);
  if (!(zst instanceof PinnedFile)) return zst;
  const rest = await readSmallFiles(location).catch(async (error: unknown) => {
    await zst.close();
    throw error;
  });
  if ('problem' in rest) {
    await zst.close();
    return rest;
  }
  return { image: location.image, ...rest, zst, close: () => zst.close() };
}

type SmallFiles = Pick<ImageSet, 'buildId' | 'checksums' | 'checksumsFile'>;

async function readSmallFiles(location: SetLocation): Promise<SmallFiles | SetFault> {
  const sums = await readMember(location, SET_FILES.checksums, CHECKSUMS_FILE_LIMIT);
  if ('problem' in sums) return sums;
  const checksums = parseChecksums(sums.content.toString(), location.image);
  if ('kind' in checksums) {
    return { file: location.image + SET_FILES.checksums, problem: 'no checksum', checksums };
  }
  const id = await readMember(location, SET_FILES.buildId, BUILD_ID_FILE_LIMIT);
  if ('problem' in id) return id;
  const buildId = parseBuildId(id.content.toString());
  if (buildId === undefined) return fault(location, SET_FILES.buildId, 'no build ID');
  return { buildId, checksums, checksumsFile: sums };
}

async function readMember(location: SetLocation, suffix: string, limit: number) {
  const file = await openMember(location, suffix);
  if (!(file instanceof PinnedFile)) return file;
  try {
    const content = await file.readAll(limit);
    if (content === undefined) {
      return fault(location, suffix, file.size > limit ? 'too large' : 'being written');
    }
    return { content, mtimeSeconds: file.mtimeSeconds };
  } finally {
    await file.close();
  }
}

async function openMember(location: SetLocation, suffix: string): Promise<PinnedFile | SetFault> {
  const file = await PinnedFile.open(location.root, location.folder, location.image + suffix);
  if (!(file instanceof PinnedFile)) return fault(location, suffix, file);
  if (file.size > 0) return file;
  await file.close();
  return fault(location, suffix, 'empty');
}

function fault(location: SetLocation, suffix: string, problem: FileProblem): SetFault {
  return { file: location.image + suffix, problem };
}
