import type { CatalogImage } from '../../images/catalog.ts';
import { type ImageSet, openImageSet } from '../../images/image-set.ts';
import type { SetFault } from '../../images/set-fault.ts';

/** Opens sets. Requests that come while a set is being read share what that read shows: boards boot together. */
export class SetLooks {
  readonly #buildIds = new Map<CatalogImage, Promise<string | undefined>>();

  /** The build ID of `image` from a read that is under way; undefined where none is, or it shows no set. */
  async buildIdInSight(image: CatalogImage): Promise<string | undefined> {
    return this.#buildIds.get(image);
  }

  /** As `openImageSet`. */
  async open(image: CatalogImage): Promise<ImageSet | SetFault> {
    const opening = openImageSet(image);
    if (this.#buildIds.has(image)) return opening;
    const buildIdOf = (set: ImageSet | SetFault) => ('problem' in set ? undefined : set.buildId);
    // a failure concerns the request that opens the set; the others look for themselves
    const buildId = opening.then(buildIdOf, () => undefined);
    this.#buildIds.set(image, buildId);
    try {
      return await opening;
    } finally {
      this.#buildIds.delete(image);
    }
  }
}
