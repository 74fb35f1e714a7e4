import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { type ImageDisk, openFileDisk, openSetDisk } from '../checks/image-disk.ts';
import { InsideCache } from '../checks/inside-cache.ts';
import { codeText } from '../code-text.ts';
import { DamagedVolume, volumeDamageText } from '../contents/damaged-volume.ts';
import type { Disk } from '../contents/disk.ts';
import type { FileTree } from '../contents/file-tree.ts';
import { openInitramfsTree, openRootTree, RECOVERY_NOTE, treesFaultText } from '../contents/image-trees.ts';
import { systemErrorCode, UserError } from '../errors.ts';
import { Catalog, type CatalogSnapshot } from '../images/catalog.ts';
import { looseImagesText } from '../images/skipped-text.ts';
import { printable } from '../printable.ts';
import type { CommandSettings } from './environment.ts';
import type { ImageAddress } from './image-address.ts';
import { checkFolder } from './image-folder.ts';
import { stopSignal } from './stop-signal.ts';

/** A line of them, not a page. */
const MOST_HINTS = 5;

/**
 * Calls `look` with the tree that an address names.
 * @throws UserError as `withDisk` does, and when the tree can't be read.
 */
export function lookInside<T>(
  address: ImageAddress,
  settings: CommandSettings,
  look: (tree: FileTree, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return withDisk(address, settings, async (disk, signal) => look(await openTree(address, disk), signal));
}

/**
 * Opens the image of an address, calls `use` with it, and closes it. `signal`, that of SIGINT or SIGTERM without it, stops it;
 * `use` gets it, too. Progress of decompressing goes to standard error where that is a terminal.
 * @throws UserError when there is no such image, it can't be looked into, or it changed meanwhile.
 */
export async function withDisk<T>(
  address: ImageAddress,
  settings: CommandSettings,
  use: (disk: Disk, signal: AbortSignal) => Promise<T>,
  signal = stopSignal('stopped').signal,
): Promise<T> {
  const disk = await openDisk(address, settings, signal);
  const stoppable: Disk = {
    size: disk.size,
    read: (buffer, position) => {
      signal.throwIfAborted();
      return disk.read(buffer, position);
    },
  };
  try {
    const answer = await use(stoppable, signal);
    await disk.ensureUnchanged();
    return answer;
  } catch (error) {
    // a build that writes to the file looks like damage
    await disk.ensureUnchanged();
    if (error instanceof DamagedVolume) throw new UserError(volumeDamageText(address.image, error.message));
    throw error;
  } finally {
    await disk.close();
  }
}

async function openTree({ image, tree }: ImageAddress, disk: Disk): Promise<FileTree> {
  if (tree === 'initramfs') {
    const initramfs = await openInitramfsTree(disk);
    if ('kind' in initramfs) throw new UserError(`${image}: ${treesFaultText(initramfs)}`);
    return initramfs;
  }
  const root = await openRootTree(disk);
  if ('kind' in root) throw new UserError(`${image}: ${treesFaultText(root)}`);
  if (root.needsRecovery) {
    process.stderr.write(`note: ${RECOVERY_NOTE}\n`);
  }
  return root.tree;
}

async function openDisk(
  { image, isFile }: ImageAddress,
  settings: CommandSettings,
  signal: AbortSignal,
): Promise<ImageDisk> {
  let read = 0;
  const onProgress = (bytes: number) => {
    read += bytes;
    process.stderr.write(`\rdecompressing ${printable(image)}: ${Math.floor(read / 1e6)} MB read\x1b[K`);
  };
  const isShown = process.stderr.isTTY;
  const kept = settings.insideCache;
  const cache = kept && new InsideCache(kept.folder, () => kept.mostBytes);
  const options = isShown ? { signal, cache, onProgress } : { signal, cache };
  try {
    if (isFile) return await openFileDisk(await resolveFile(image), options);
    const folder = path.resolve(settings.imagePath);
    await checkFolder(folder);
    const snapshot = await new Catalog([folder], { followsLinks: settings.followLinks }).refresh();
    return await openCatalogDisk(image, snapshot, options);
  } finally {
    if (isShown && read > 0) process.stderr.write('\r\x1b[K');
  }
}

async function resolveFile(file: string) {
  try {
    const real = await realpath(file);
    return { root: path.dirname(real), folder: path.dirname(real), name: path.basename(real) };
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    throw new UserError(
      code === 'ENOENT' ? `there is no file ${file}` : `the file ${file} can't be opened (${codeText(code)})`,
    );
  }
}

function openCatalogDisk(
  name: string,
  { images, byId, byName, unpacked, loose }: CatalogSnapshot,
  options: Parameters<typeof openSetDisk>[1],
): Promise<ImageDisk> {
  const byIdOnly = byId.get(name);
  const named = byIdOnly === undefined ? (byName.get(name) ?? []) : [byIdOnly];
  const [image, other] = named;
  if (other !== undefined) {
    throw new UserError(`${name} is the name of several images: ${named.map(({ id }) => id).join(', ')}`);
  }
  if (image !== undefined) return openSetDisk(image, options);
  const raw = unpacked.find((candidate) => candidate.id === name || candidate.image === name);
  if (raw !== undefined) return openFileDisk({ root: raw.root, folder: raw.folder, name: `${raw.image}.img` }, options);
  const hint = loose.map((folder) => `; ${looseImagesText(folder)}`).join('') || hintOf(images.map(({ id }) => id));
  throw new UserError(`there is no image ${name} below IMAGE_PATH${hint}`);
}

/** Names some of the images there are, for who mistyped one. */
function hintOf(ids: readonly string[]): string {
  if (ids.length === 0) return '';
  const more = ids.length > MOST_HINTS ? ', …' : '';
  return `; there are ${ids.slice(0, MOST_HINTS).join(', ')}${more}`;
}
