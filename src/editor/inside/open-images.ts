import * as vscode from 'vscode';
import { type ImageDisk, openSetDisk } from '../../checks/image-disk.ts';
import { DamagedVolume, volumeDamageText } from '../../contents/damaged-volume.ts';
import type { FileTree } from '../../contents/file-tree.ts';
import { openInitramfsTree, openRootTree, treesFaultText } from '../../contents/image-trees.ts';
import { UserError } from '../../errors.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import { abortOn } from '../abort-on.ts';
import { Owner } from '../dispose.ts';
import type { TreeName } from './file-uri.ts';

/** An image without a seek table that nobody looks into any more takes room in the temporary folder. */
const IDLE_MS = 60_000;

/** To open one takes no time, or as long as decompressing it: that is shown when it begins to be felt. */
const SILENT_MS = 500;

/** An image that is open, and its trees as far as they were looked into. */
interface OpenImage {
  readonly disk: Promise<ImageDisk>;
  readonly trees: Map<TreeName, Promise<FileTree>>;
  /** How many look into it now. */
  looking: number;
  idle: NodeJS.Timeout | undefined;
}

/** The images that are looked into: each is opened once, and closed when nobody has looked into it for a while. */
export class OpenImages extends Owner {
  readonly #open = new Map<string, OpenImage>();
  readonly #log: vscode.LogOutputChannel;

  /** What goes wrong while images are closed is logged. */
  constructor(log: vscode.LogOutputChannel) {
    super();
    this.#log = log;
    this.own({ dispose: () => this.#closeAll() });
  }

  /**
   * Looks into a tree of `image`.
   * @throws UserError where it can't be looked into, or was built anew meanwhile; what `look` throws.
   */
  async look<T>(image: CatalogImage, tree: TreeName, look: (files: FileTree) => Promise<T>): Promise<T> {
    const key = `${image.folder}/${image.image}`;
    const known = this.#open.get(key);
    try {
      return await this.#lookInto(key, known ?? this.#begin(key, image), tree, look);
    } catch (error) {
      if (known === undefined || !(error instanceof UserError)) throw error;
      return this.look(image, tree, look); // what was open may be another build by now
    }
  }

  async #lookInto<T>(key: string, open: OpenImage, tree: TreeName, look: (files: FileTree) => Promise<T>): Promise<T> {
    open.looking++;
    clearTimeout(open.idle);
    try {
      const disk = await open.disk;
      try {
        return await look(await this.#tree(open, disk, tree));
      } finally {
        await disk.ensureUnchanged(); // a build that writes to the file looks like damage
      }
    } catch (error) {
      this.#close(key, open);
      if (error instanceof DamagedVolume) throw new UserError(volumeDamageText(key, error.message, vscode.l10n));
      throw error;
    } finally {
      open.looking--;
      if (open.looking === 0) open.idle = setTimeout(() => this.#close(key, open), IDLE_MS);
    }
  }

  #begin(key: string, image: CatalogImage): OpenImage {
    const open: OpenImage = { disk: openVisibly(image), trees: new Map(), looking: 0, idle: undefined };
    this.#open.set(key, open);
    return open;
  }

  #tree({ trees }: OpenImage, disk: ImageDisk, name: TreeName): Promise<FileTree> {
    const known = trees.get(name);
    if (known !== undefined) return known;
    const opening = openTree(disk, name);
    trees.set(name, opening);
    return opening;
  }

  #closeAll(): void {
    for (const [key, open] of this.#open) this.#close(key, open);
  }

  #close(key: string, open: OpenImage): void {
    if (this.#open.get(key) === open) this.#open.delete(key);
    clearTimeout(open.idle);
    open.disk.then((disk) => disk.close()).catch((error: unknown) => this.#log.debug(`${key}: ${error}`));
  }
}

async function openTree(disk: ImageDisk, name: TreeName): Promise<FileTree> {
  const opened = name === 'files' ? await openRootTree(disk) : await openInitramfsTree(disk);
  if ('kind' in opened) throw new UserError(treesFaultText(opened, vscode.l10n));
  return 'tree' in opened ? opened.tree : opened;
}

/** Opens an image. While that takes long, its progress is shown, and it can be cancelled. */
async function openVisibly(image: CatalogImage): Promise<ImageDisk> {
  const abort = new AbortController();
  let read = 0;
  let report: (bytes: number) => void = () => {};
  const onProgress = (bytes: number) => {
    read += bytes;
    report(bytes);
  };
  const opening = openSetDisk(image, { signal: abort.signal, onProgress });
  const shown = setTimeout(() => {
    void vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('mkbox: opening {0}', image.image),
        cancellable: true,
      },
      async (progress, token) => {
        using cancel = abortOn(token);
        cancel.signal.addEventListener('abort', () =>
          abort.abort(new UserError(vscode.l10n.t('{0} was not opened: cancelled', image.image))),
        );
        const total = image.state.kind === 'ready' ? image.state.zstBytes : 0;
        report = (bytes) => total > 0 && progress.report({ increment: (bytes / total) * 100 });
        report(read);
        await opening.catch(() => {}); // whoever waits for it is told
      },
    );
  }, SILENT_MS);
  try {
    return await opening;
  } finally {
    clearTimeout(shown);
  }
}
