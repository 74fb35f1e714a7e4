import { createHash, type Hash } from 'node:crypto';
import { ENGLISH, type Words } from '../words.ts';
import { parseBoardConf } from './board-conf.ts';
import { DamagedVolume, volumeDamageText } from './damaged-volume.ts';
import type { Disk } from './disk.ts';
import { FileDigests } from './file-digests.ts';
import type { FileNode, FileStatus, FileType } from './file-node.ts';
import { FileTree } from './file-tree.ts';
import { openInitramfs, openRootTree, type TreesFault, treesFaultText } from './image-trees.ts';
import { BOARD_CONF, LARGEST_BOARD_CONF_BYTES } from './initramfs.ts';
import type { NewcRoot } from './newc-tree.ts';
import { type InstalledPackage, type PackagesFault, packagesFaultText, readPackages } from './packages.ts';
import { Slices } from './slices.ts';
import type { WalkedFile } from './tree-walk.ts';

/** Files of a tree: an image has some ten thousand. */
const MOST_FILES = 1_000_000;
/** Boards have storage of some dozen GB. A damaged size, or holes, may be read for days. */
const MOST_CONTENT_BYTES = 256 * 1024 ** 3;

/** What an image consists of, without the times that differ from build to build. It is JSON. */
export interface Inventory {
  /** The image's name. */
  readonly image: string;
  /** As `board.conf` says it. */
  readonly buildId?: string;
  /** The files that the board sees, by path (in the order of UTF-16 units): the root file system's, and the boot partition's at `/boot`. */
  readonly files: readonly InventoryFile[];
  /** The files of the initramfs, in the same order; none where there is no initramfs. */
  readonly initramfs: readonly InventoryFile[];
  /** What apk has installed, by name; nothing where it has no database. */
  readonly packages: readonly InstalledPackage[];
  /** The lines of `board.conf`; none where there is none. */
  readonly boardConf: readonly string[];
}

/** A name of a file. */
export interface InventoryFile {
  /** It begins with a slash; `/` is the root folder. */
  readonly path: string;
  readonly type: FileType;
  /** The lower 12 bits of `st_mode`. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Of a file's content; 0 of anything else. A hard link has those of its file. */
  readonly bytes: number;
  /** Where a link leads. */
  readonly target?: string;
  readonly device?: { readonly major: number; readonly minor: number };
  /** Of a file's content, in hexadecimal digits. */
  readonly sha256?: string;
  /** Extended attributes, by name: the values in Base64, empty where one is not read. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Why there is no inventory of an image. */
export type InventoryFault =
  | { readonly kind: 'root'; readonly fault: TreesFault }
  | { readonly kind: 'initramfs'; readonly fault: TreesFault }
  | { readonly kind: 'packages'; readonly fault: PackagesFault }
  | { readonly kind: 'damaged'; readonly path: string; readonly reason: string }
  | { readonly kind: 'too many files' | 'too much content' };

/** How to follow it, or stop it. */
export interface InventoryOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told of bytes of content as they are digested, and of how many there are in the root file system. */
  readonly onProgress?: (bytes: number, total: number) => void;
}

/**
 * Takes the inventory of an image: walks its trees, and reads and digests every file once, however many names it has.
 * @throws the signal's reason when it is aborted, and what reading the disk may throw.
 */
export async function takeInventory(
  disk: Disk,
  image: string,
  options: InventoryOptions = {},
): Promise<Inventory | InventoryFault> {
  const root = await openRootTree(disk);
  if ('kind' in root) return { kind: 'root', fault: root };
  const initramfs = await openInitramfs(disk);
  if ('kind' in initramfs && !isAbsent(initramfs)) return { kind: 'initramfs', fault: initramfs };
  try {
    const packages = await readPackages(root.tree);
    if ('kind' in packages && packages.kind !== 'missing') return { kind: 'packages', fault: packages };
    const files = await filesOf(root.tree, options);
    const early = 'kind' in initramfs ? NO_INITRAMFS : await initramfsFiles(initramfs, options);
    const { buildId } = parseBoardConf(early.boardConf.join('\n'));
    const found = { files, ...early, packages: 'kind' in packages ? [] : packages };
    return { image, ...(buildId !== undefined && { buildId }), ...found };
  } catch (error) {
    if (error instanceof Ended) return error.fault;
    throw error;
  }
}

/** Why there is none, in words. */
export function inventoryFaultText(fault: InventoryFault, words: Words = ENGLISH): string {
  switch (fault.kind) {
    case 'root':
      return treesFaultText(fault.fault, words);
    case 'initramfs':
      return words.t('the initramfs cannot be read: {0}', treesFaultText(fault.fault, words));
    case 'packages':
      return packagesFaultText(fault.fault, words);
    case 'damaged':
      return volumeDamageText(fault.path, fault.reason, words);
    case 'too many files':
      return words.t('it has more than {0} files', MOST_FILES);
    case 'too much content':
      return words.t('its files have more than {0} GiB', MOST_CONTENT_BYTES / 1024 ** 3);
  }
}

const NO_INITRAMFS = { initramfs: [], boardConf: [] };

/** An image of another kind than mkbox's has none. */
function isAbsent({ kind }: TreesFault): boolean {
  return kind === 'no boot file system' || kind === 'no initramfs';
}

/** Leads a fault out of the walk. */
class Ended extends Error {
  readonly fault: InventoryFault;

  constructor(fault: InventoryFault) {
    super(fault.kind);
    this.fault = fault;
  }
}

async function filesOf(tree: FileTree, options: InventoryOptions): Promise<InventoryFile[]> {
  const walked = await walk(tree, options);
  const total = totalBytes(walked);
  const digests = new FileDigests();
  const seen = new Set<string>();
  const reading = new Slices();
  for (const file of walked) {
    await reading.next();
    const { node, path } = file;
    const key = keyOf(file);
    if (node.status.type !== 'file' || seen.has(key)) continue;
    seen.add(key);
    const pieces = told(node.read(), (bytes) => tell(options, bytes, total));
    await within(path, () => digests.add(key, node.status.bytes, pieces));
  }
  const known = await digests.finish();
  const files: InventoryFile[] = [];
  const slices = new Slices();
  for (const file of walked) {
    files.push(await described(file, known.get(keyOf(file))));
    await slices.next();
  }
  return files;
}

async function initramfsFiles(root: NewcRoot, options: InventoryOptions) {
  const walked = await walk(new FileTree(root), options);
  totalBytes(walked);
  const conf = walked.find(({ path }) => path === `/${BOARD_CONF}`)?.node.status;
  const isRead = conf !== undefined && conf.bytes <= LARGEST_BOARD_CONF_BYTES;
  const confPieces: Buffer[] = [];
  const hashes = new Map<number, Hash>();
  await within('/boot/initramfs', async () => {
    for await (const { id, bytes } of root.contents()) {
      options.signal?.throwIfAborted();
      hashFor(hashes, id).update(bytes);
      if (isRead && id === conf.id) confPieces.push(Buffer.from(bytes)); // it is only lent
    }
  });
  const digests = new Map(Array.from(hashes, ([id, hash]) => [id, hash.digest('hex')]));
  const initramfs: InventoryFile[] = [];
  for (const file of walked) initramfs.push(await described(file, digests.get(file.node.status.id) ?? EMPTY_SHA256));
  return { initramfs, boardConf: linesOf(Buffer.concat(confPieces).toString()) };
}

/** All files, by path; of a path that comes twice in a damaged folder, the last. */
async function walk(tree: FileTree, { signal }: InventoryOptions): Promise<WalkedFile[]> {
  const files = new Map<string, WalkedFile>();
  const slices = new Slices();
  for await (const found of tree.walk()) {
    signal?.throwIfAborted();
    await slices.next();
    for (const file of found) {
      if ('reason' in file) throw new Ended({ kind: 'damaged', ...file });
      if (files.size === MOST_FILES) throw new Ended({ kind: 'too many files' });
      files.set(file.path, file);
    }
  }
  return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Bytes of all files, hard links once. */
function totalBytes(walked: readonly WalkedFile[]): number {
  const files = new Map(walked.map((file) => [keyOf(file), contentBytes(file.node.status)]));
  const total = [...files.values()].reduce((sum, bytes) => sum + bytes, 0);
  if (total > MOST_CONTENT_BYTES) throw new Ended({ kind: 'too much content' });
  return total;
}

/** Hard links share it. On a damaged FAT file system files of different sizes may begin in one cluster. */
function keyOf({ isMounted, node }: WalkedFile): string {
  return `${isMounted ? 'mounted' : 'root'} ${node.status.id} ${node.status.bytes}`;
}

function contentBytes({ type, bytes }: FileStatus): number {
  return type === 'file' ? bytes : 0;
}

async function* told(pieces: AsyncIterable<Buffer>, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    onRead(piece.length);
    yield piece;
  }
}

const EMPTY_SHA256 = createHash('sha256').digest('hex');

function hashFor(hashes: Map<number, Hash>, id: number): Hash {
  const known = hashes.get(id);
  if (known !== undefined) return known;
  const hash = createHash('sha256');
  hashes.set(id, hash);
  return hash;
}

async function described({ path, node }: WalkedFile, sha256: string | undefined): Promise<InventoryFile> {
  const { type, mode, uid, gid, device } = node.status;
  return {
    path,
    type,
    mode,
    uid,
    gid,
    bytes: contentBytes(node.status),
    ...(type === 'link' && { target: await within(path, () => node.target()) }),
    ...(device && { device }),
    ...(type === 'file' && sha256 !== undefined && { sha256 }),
    ...(await within(path, () => attributesOf(node))),
  };
}

async function attributesOf(node: FileNode): Promise<Pick<InventoryFile, 'attributes'>> {
  const attributes = await node.attributes();
  if (attributes.length === 0) return {};
  const sorted = [...attributes].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { attributes: Object.fromEntries(sorted.map(({ name, value }) => [name, value?.toString('base64') ?? ''])) };
}

/** Damage that comes up there has its path. */
async function within<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof DamagedVolume) throw new Ended({ kind: 'damaged', path, reason: error.message });
    throw error;
  }
}

function tell({ signal, onProgress }: InventoryOptions, bytes: number, total: number): void {
  signal?.throwIfAborted();
  onProgress?.(bytes, total);
}

/** Without what follows the last line end. */
function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
}
