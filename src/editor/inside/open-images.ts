import * as vscode from 'vscode';
import { type ImageDisk, openSetDisk } from '../../checks/image-disk.ts';
import { InsideCache } from '../../checks/inside-cache.ts';
import { ImageChangedError } from '../../checks/unpacked-image.ts';
import { DamagedVolume, volumeDamageText } from '../../contents/damaged-volume.ts';
import type { Disk } from '../../contents/disk.ts';
import type { FileTree } from '../../contents/file-tree.ts';
import { openInitramfsTree, openRootTree, RECOVERY_NOTE, treesFaultText } from '../../contents/image-trees.ts';
import { systemErrorCode, UserError } from '../../errors.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import { Owner } from '../dispose.ts';
import { withLateProgress } from '../late-progress.ts';
import type { Setting } from '../workspace/settings.ts';
import { buildOf, type TreeName } from './inside-node.ts';
import { SharedDisk } from './shared-disk.ts';

/** An open image may take gigabytes in the temporary folder. */
const IDLE_MS = 60_000;

const GIGABYTE = 1e9;

/** Opening takes milliseconds, or as long as decompressing: progress is shown after this. */
const SILENT_MS = 500;

/** An open image, and those of its trees that were looked into. */
interface OpenImage {
  /** A file that was opened and then deleted can be read as before: that says nothing of the one in its place. */
  readonly build: string;
  readonly disk: SharedDisk;
  readonly trees: Map<TreeName, Promise<FileTree>>;
  idle: NodeJS.Timeout | undefined;
}

/** The images that are being looked into. Each is opened once, and closed when nobody has looked into it for a minute. */
export class OpenImages extends Owner {
  readonly #open = new Map<string, OpenImage>();
  readonly #log: vscode.LogOutputChannel;
  readonly #cache: InsideCache;

  /**
   * Failures to close an image are logged. Decompressed ones are kept in `cacheFolder`, as many as `cacheSize` (gigabytes)
   * has room for.
   */
  constructor(log: vscode.LogOutputChannel, cacheFolder: string, cacheSize: Setting<number>) {
    super();
    this.#log = log;
    this.#cache = new InsideCache(cacheFolder, () => cacheSize.get() * GIGABYTE);
    this.own({ dispose: () => this.#retireAll() });
  }

  /**
   * Looks into a tree of `image`. If it was rebuilt since it was opened, the new build is opened.
   * @throws UserError if it can't be opened, is damaged, or changed again; and what `look` throws.
   */
  look<T>(image: CatalogImage, tree: TreeName, look: (files: FileTree) => Promise<T>): Promise<T> {
    return this.#use(image, async (open, disk) => look(await this.#tree(open, disk, tree, keyOf(image))));
  }

  /** As `look`, at the bytes of `image`. */
  read<T>(image: CatalogImage, read: (disk: Disk) => Promise<T>): Promise<T> {
    return this.#use(image, (_, disk) => read(disk));
  }

  async #use<T>(image: CatalogImage, use: (open: OpenImage, disk: ImageDisk) => Promise<T>): Promise<T> {
    const key = keyOf(image);
    const known = this.#known(key, image);
    try {
      return await this.#useOpen(key, known ?? this.#begin(key, image), use);
    } catch (error) {
      if (known === undefined || !(error instanceof ImageChangedError)) throw error;
      return this.#useOpen(key, this.#open.get(key) ?? this.#begin(key, image), use);
    }
  }

  /** What is open of the build that an image has now. */
  #known(key: string, image: CatalogImage): OpenImage | undefined {
    const known = this.#open.get(key);
    if (known === undefined || known.build === buildOf(image)) return known;
    this.#retire(key, known);
    return undefined;
  }

  async #useOpen<T>(key: string, open: OpenImage, use: (open: OpenImage, disk: ImageDisk) => Promise<T>): Promise<T> {
    clearTimeout(open.idle);
    try {
      return await open.disk.use(async (disk) => {
        try {
          return await use(open, disk);
        } finally {
          await disk.ensureUnchanged(); // a build that writes to the file looks like damage
        }
      });
    } catch (error) {
      if (error instanceof ImageChangedError || systemErrorCode(error) !== undefined) open.disk.retire();
      if (error instanceof DamagedVolume) throw new UserError(volumeDamageText(key, error.message, vscode.l10n));
      throw error;
    } finally {
      if (open.disk.isRetired || this.isDisposed) this.#retire(key, open);
      else if (!open.disk.isUsed) open.idle = setTimeout(() => this.#retire(key, open), IDLE_MS);
    }
  }

  #begin(key: string, image: CatalogImage): OpenImage {
    const disk = new SharedDisk(openVisibly(image, this.#cache), (error) =>
      this.#log.warn(`${key} was not closed: ${error}`),
    );
    const open: OpenImage = { build: buildOf(image), disk, trees: new Map(), idle: undefined };
    this.#open.set(key, open);
    return open;
  }

  #tree({ trees }: OpenImage, disk: ImageDisk, name: TreeName, key: string): Promise<FileTree> {
    const known = trees.get(name);
    if (known !== undefined) return known;
    const opening = openTree(disk, name, key, this.#log);
    trees.set(name, opening);
    return opening;
  }

  #retireAll(): void {
    for (const [key, open] of this.#open) this.#retire(key, open);
  }

  #retire(key: string, open: OpenImage): void {
    if (this.#open.get(key) === open) this.#open.delete(key);
    clearTimeout(open.idle);
    open.disk.retire();
  }
}

function keyOf({ folder, image }: CatalogImage): string {
  return `${folder}/${image}`;
}

async function openTree(disk: ImageDisk, name: TreeName, key: string, log: vscode.LogOutputChannel): Promise<FileTree> {
  const opened = name === 'files' ? await openRootTree(disk) : await openInitramfsTree(disk);
  if ('kind' in opened) throw new UserError(treesFaultText(opened, vscode.l10n));
  if (!('tree' in opened)) return opened;
  if (opened.needsRecovery) log.warn(`${key}: ${RECOVERY_NOTE}`);
  return opened.tree;
}

/** Opens an image. If that takes long, shows its progress, and can be cancelled. */
async function openVisibly(image: CatalogImage, cache: InsideCache): Promise<ImageDisk> {
  const title = vscode.l10n.t('mkbox: opening {0}', image.image);
  const total = image.state.kind === 'ready' ? image.state.zstBytes : Number.POSITIVE_INFINITY;
  const disk = await withLateProgress(title, SILENT_MS, (signal, report) =>
    openSetDisk(image, { signal, onProgress: (bytes) => report((bytes / total) * 100), cache }),
  );
  if (disk === undefined) throw new UserError(vscode.l10n.t('{0} was not opened: cancelled', image.image));
  return disk;
}
