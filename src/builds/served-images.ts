import { type CatalogSnapshot, type ImageSource, withImages } from '../images/catalog.ts';
import type { KeptBuilds } from './kept-builds.ts';

/**
 * The images as boards get them: those of a catalog, and in place of the newest build of one the earlier build that
 * someone chose. Whoever answers boards, or tells what they get, looks here.
 */
export class ServedImages implements ImageSource {
  readonly #catalog: ImageSource;
  readonly #builds: KeptBuilds;
  #known: { readonly of: CatalogSnapshot; readonly changes: number; readonly snapshot: CatalogSnapshot } | undefined;

  constructor(catalog: ImageSource, builds: KeptBuilds) {
    this.#catalog = catalog;
    this.#builds = builds;
  }

  get snapshot(): CatalogSnapshot {
    return this.#served(this.#catalog.snapshot);
  }

  async refresh(thorough = false): Promise<CatalogSnapshot> {
    return this.#served(await this.#catalog.refresh(thorough));
  }

  /** The same value as long as nothing changed. */
  #served(of: CatalogSnapshot): CatalogSnapshot {
    const { changes } = this.#builds;
    if (this.#known?.of === of && this.#known.changes === changes) return this.#known.snapshot;
    const images = of.images.map((image) => this.#builds.published(image));
    const isSame = images.every((image, index) => image === of.images[index]);
    const snapshot = isSame ? of : withImages(of, images);
    this.#known = { of, changes, snapshot };
    return snapshot;
  }
}
