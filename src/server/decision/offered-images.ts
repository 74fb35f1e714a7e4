import type { ImageChecks } from '../../checks/image-checks.ts';
import type { CatalogImage, CatalogSnapshot } from '../../images/catalog.ts';

/** The images that boards can get, as far as it is known: judged once for each state of the folders and of the checks. */
export class OfferedImages {
  readonly #checks: ImageChecks;
  #snapshot: CatalogSnapshot | undefined;
  #changes = 0;
  #images: readonly CatalogImage[] = [];

  constructor(checks: ImageChecks) {
    this.#checks = checks;
  }

  /** Those of `snapshot`, in its order. */
  of(snapshot: CatalogSnapshot): readonly CatalogImage[] {
    const { changes } = this.#checks;
    if (snapshot !== this.#snapshot || changes !== this.#changes) {
      this.#images = snapshot.images.filter((image) => this.#checks.isServable(image));
      this.#snapshot = snapshot;
      this.#changes = changes;
    }
    return this.#images;
  }
}
