import type { ImageChecks } from '../../checks/image-checks.ts';
import type { CatalogImage, CatalogSnapshot } from '../../images/catalog.ts';

/** The images that boards can get, as far as it is known: judged once for each state of the folders and of the checks. */
export class OfferedImages {
  readonly #checks: ImageChecks;
  #snapshot: CatalogSnapshot | undefined;
  #images: readonly CatalogImage[] = [];

  constructor(checks: ImageChecks) {
    this.#checks = checks;
    checks.events.on('examined', () => {
      this.#snapshot = undefined;
    });
  }

  /** Those of `snapshot`, in its order. */
  of(snapshot: CatalogSnapshot): readonly CatalogImage[] {
    if (snapshot !== this.#snapshot) {
      this.#images = snapshot.images.filter((image) => this.#checks.isServable(image));
      this.#snapshot = snapshot;
    }
    return this.#images;
  }
}
