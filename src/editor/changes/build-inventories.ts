import * as vscode from 'vscode';
import type { Inventories, KeptInventory } from '../../checks/inventories.ts';
import { type Inventory, inventoryFaultText, takeInventory } from '../../contents/inventory.ts';
import { UserError } from '../../errors.ts';
import type { CatalogImage } from '../../images/catalog.ts';
import type { OpenImages } from '../inside/open-images.ts';
import { type Report, withLateProgress } from '../late-progress.ts';

/** Most inventories take less. */
const SILENT_MS = 1_000;

/** The inventories of builds: taken of images, and kept for when those are gone. */
export class BuildInventories {
  readonly #images: OpenImages;
  readonly #kept: Inventories;

  constructor(images: OpenImages, kept: Inventories) {
    this.#images = images;
    this.#kept = kept;
  }

  /** That of a build, if it is kept. */
  kept(buildId: string): Promise<Inventory | undefined> {
    return this.#kept.get(buildId);
  }

  /** Those that are kept, the one that was used last first. */
  list(): Promise<KeptInventory[]> {
    return this.#kept.list();
  }

  /**
   * That of a complete image, kept from now on; undefined when the user cancelled.
   * @throws UserError when the image can't be read.
   */
  async take(image: CatalogImage): Promise<Inventory | undefined> {
    const title = vscode.l10n.t('mkbox: reading what is in {0}', image.image);
    return withLateProgress(title, SILENT_MS, (signal, report) => this.takeQuietly(image, { signal, report }));
  }

  /**
   * As `take`, and shows no progress.
   * @throws UserError when the image can't be read.
   */
  async takeQuietly(image: CatalogImage, how: { signal?: AbortSignal; report?: Report } = {}): Promise<Inventory> {
    const { signal, report } = how;
    const known = image.state.kind === 'ready' ? await this.#kept.get(image.state.buildId) : undefined;
    if (known !== undefined) return known;
    const taken = await this.#images.read(image, (disk) =>
      takeInventory(disk, image.image, {
        ...(signal !== undefined && { signal }),
        onProgress: (bytes, total) => report?.((bytes / Math.max(1, total)) * 100),
      }),
    );
    if ('kind' in taken) throw new UserError(`${image.image}: ${inventoryFaultText(taken, vscode.l10n)}`);
    await this.#kept.keep(taken);
    return taken;
  }
}
