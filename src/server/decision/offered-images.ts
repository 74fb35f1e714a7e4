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
      this.#images = snapshot.images.filter((image) => this.#isOffered(image));
      this.#snapshot = snapshot;
    }
    return this.#images;
  }

  #isOffered({ image, state }: CatalogImage): boolean {
    if (state.kind !== 'ready') return false;
    const findings = this.#checks.findings({ ...state, image, identity: state.zstIdentity });
    return findings === undefined || findings.length === 0;
  }
}
