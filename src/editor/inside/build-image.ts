import type { KeptBuild } from '../../builds/kept-build.ts';
import type { CatalogImage, CatalogSnapshot } from '../../images/catalog.ts';

/** The image that has that build now, of that ID if several have it, or the copy that is kept; undefined where the build is gone. */
export function imageOfBuild(
  { images, shadowed }: CatalogSnapshot,
  kept: readonly KeptBuild[],
  buildId: string,
  id?: string,
): CatalogImage | undefined {
  const found = [...images, ...shadowed, ...kept].filter(
    ({ state }) => state.kind === 'ready' && state.buildId === buildId,
  );
  return id === undefined ? found[0] : found.find((image) => image.id === id);
}
