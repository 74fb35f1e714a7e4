import { randomBytes } from 'node:crypto';
import { type FileHandle, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode, UserError } from '../../errors.ts';
import type { Told } from '../../words.ts';
import { parseBuildId } from '../build-id.ts';
import type { Checksums } from '../checksums.ts';
import { isPublishableName, SET_FILES } from '../image-name.ts';
import { PinnedFile, sameIdentity } from '../pinned-file.ts';
import {
  accessOf,
  createFile,
  type FileAccess,
  type NewAccess,
  type SetAccess,
  unreadableText,
} from '../set-access.ts';
import { faultText } from '../set-fault-text.ts';
import { loadFrameCompressor } from '../zstd/frame-compressor.ts';
import { type Compression, changedImage, compressImage } from './image-compression.ts';
import { publishSet, type SetParts } from './set-publication.ts';

/** What to pack: `<folder>/<image>.img`; and how to follow it, or stop it. */
export interface PackRequest extends Compression {
  readonly folder: string;
  readonly image: string;
  /** The folder that the set goes to; that of the raw image without it. */
  readonly target?: string;
  /** What the raw image itself says, if anything: the ID that boards running it report. It counts before all. */
  readonly readBuildId?: (raw: PinnedFile) => Promise<string | undefined>;
  /** 64 hexadecimal digits: the ID where the image says none. An old set's is another build's. */
  readonly buildId?: string | undefined;
  /** Who may read the new set: who may read the old one, or whom the umask lets where there is none, without it. */
  readonly access?: NewAccess<SetAccess>;
}

/** A packed set. Sizes are bytes. */
export interface PackResult {
  readonly image: string;
  readonly buildId: string;
  readonly rawBytes: number;
  readonly zstBytes: number;
  readonly checksums: Required<Checksums>;
}

/**
 * Makes a full image set of a raw image: `.img.buildID`, `.img.zst` and `.img.sha256`, in the same folder or another. The new set
 * is written beside the old one, can be read by whoever could read that, and takes its place when it is complete and on the
 * disk (`publishSet` tells how). When this throws, nothing of it is left behind, and an old set is as it was (`publishSet` tells of the one exception). Do
 * not pack an image twice at a time with different build IDs.
 * @throws UserError when there is no such raw image, it changes meanwhile, no build ID is known, or the disk is full or
 * not writable; the signal's reason when it is aborted.
 */
export async function packImage(request: PackRequest): Promise<PackResult> {
  const { image, signal } = request;
  signal?.throwIfAborted();
  if (!isPublishableName(image)) {
    throw new UserError((words) => words.t('{0} cannot be the name of an image.', JSON.stringify(image)));
  }
  const folder = await resolveFolder(request.folder);
  await using raw = await openRaw(folder, image);
  const buildId = await chooseBuildId(raw.file, request);
  const compress = await loadFrameCompressor();
  const target = request.target ?? folder;
  const parts = partNames(target, image);
  const access = request.access ?? (await accessOf(target, image)) ?? 'usual';
  const write = <T>(role: keyof SetParts, fill: (file: FileHandle) => Promise<T>) =>
    writeFile(parts[role], typeof access === 'string' ? access : access[role], fill);
  try {
    const { zstBytes, checksums } = await write('zst', (out) => compressImage(raw.file, out, compress, request));
    await write('buildId', (file) => file.writeFile(`${buildId}  ${image}.img\n`));
    const sums = `${checksums.raw}  ${image}.img\n${checksums.zst}  ${image}.img.zst\n`;
    await write('checksums', (file) => file.writeFile(sums));
    await requireUnchanged(folder, raw.file);
    signal?.throwIfAborted();
    await publishSet(target, image, parts, signal);
    return { image, buildId, rawBytes: raw.file.size, zstBytes, checksums };
  } catch (error) {
    throw explainDiskError(error, target, image);
  } finally {
    for (const part of Object.values(parts)) await rm(part, { force: true });
  }
}

async function resolveFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (cause) {
    const told: Told = (words) => words.t('The folder {0} cannot be read: is it there, and may you read it?', folder);
    throw new UserError(told, { cause });
  }
}

async function openRaw(folder: string, image: string): Promise<AsyncDisposable & { file: PinnedFile }> {
  const file = await openPinned(folder, `${image}.img`);
  return { file, [Symbol.asyncDispose]: () => file.close() };
}

async function openPinned(folder: string, name: string): Promise<PinnedFile> {
  const file = await PinnedFile.open(folder, folder, name);
  if (file instanceof PinnedFile) return file;
  throw new UserError((words) =>
    words.t('Nothing to pack in {0}: {1}.', folder, faultText({ file: name, problem: file }, words)),
  );
}

/** The ID that the image says, else the one given; in the form that a `.img.buildID` may hold. */
async function chooseBuildId(raw: PinnedFile, { image, buildId: given, readBuildId }: PackRequest): Promise<string> {
  const inside = await readBuildId?.(raw);
  const chosen = inside ?? given;
  if (chosen === undefined) {
    throw new UserError((words) =>
      words.t(
        "No build ID can be read from inside {0}.img, and that of an old set is another build's: give the build ID that boards running the image report (update-server pack --build-id <ID>).",
        image,
      ),
    );
  }
  if (parseBuildId(chosen) === chosen) return chosen;
  const id = JSON.stringify(chosen);
  throw new UserError((words) =>
    inside === undefined
      ? words.t('{0} is no build ID: 64 hexadecimal digits are.', id)
      : words.t('{0}, which {1}.img says inside, is no build ID: 64 hexadecimal digits are.', id, image),
  );
}

/** Names that begin with a dot, which the catalog does not publish, and that no other packing has. */
function partNames(folder: string, image: string): SetParts {
  const tag = randomBytes(6).toString('hex');
  const part = (suffix: string) => path.join(folder, `.${image}${suffix}.${tag}.part`);
  return { buildId: part(SET_FILES.buildId), zst: part(SET_FILES.zst), checksums: part(SET_FILES.checksums) };
}

/** Creates a file, has it filled, and answers when it is on the disk (fsync(2)). */
async function writeFile<T>(
  filePath: string,
  access: NewAccess<FileAccess>,
  fill: (file: FileHandle) => Promise<T>,
): Promise<T> {
  const file = await createFile(filePath, access);
  if (file === undefined) {
    throw new UserError((words) => words.t('Nothing was packed: {0}.', unreadableText(words)));
  }
  try {
    const result = await fill(file);
    await file.sync();
    return result;
  } finally {
    await file.close();
  }
}

/** The name must still belong to the file that was read, in the state it was opened in. */
async function requireUnchanged(folder: string, raw: PinnedFile): Promise<void> {
  const now = await PinnedFile.open(folder, folder, path.basename(raw.path));
  if (!(now instanceof PinnedFile)) throw changedImage(raw);
  await now.close();
  if (!sameIdentity(now.identity, raw.identity)) throw changedImage(raw);
}

/** Says what a person can do about a disk that takes no more; any other error as it is. */
function explainDiskError(cause: unknown, folder: string, image: string): unknown {
  switch (systemErrorCode(cause)) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new UserError(
        (words) =>
          words.t(
            'There is not enough room in {0} to pack {1}: the compressed image is written beside the old one. Free some space and pack again; the old set is as it was.',
            folder,
            image,
          ),
        { cause },
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new UserError(
        (words) => words.t('{0} cannot be written to: check its permissions, and those of its files.', folder),
        { cause },
      );
    default:
      return cause;
  }
}
